// The checklist in the tab: the same cards, lists and page as without script, and nothing is sent.
// The form that holds every card is the memory; storage keeps what the form would send.

const STORED = "notes";
const LISTS = { bring: ["s3", "s2"], like: ["s1", "s0"] };
const SHEET = { show: "s3", do: "s2", grow: "s1", support: "s0" };

const form = document.querySelector("[data-checklist]");
if (document.querySelector("[data-kept]")) forget(sessionStorage); // kept with the account: the tab need not hold it
if (form) run();

function forget(storage) {
  try {
    storage.removeItem(STORED);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function run() {
  const start = document.querySelector("section[data-part=start]");
  const parts = new Map([["start", start]]);
  for (const part of form.querySelectorAll("[data-part]")) parts.set(part.dataset.part, part);
  const keys = [...form.querySelectorAll("[data-scale]")].map((part) => part.dataset.part);
  const growth = keys.filter((key) => parts.get(key).dataset.scale === "growth");
  const soFar = form.querySelector("[data-sofar]");
  const pattern = form.querySelector("[data-line]");
  const keep = document.querySelector("[data-keep]");
  // Answers that came from the account stay in the page: whoever uses the tab next must not find them.
  const carried = "carried" in form.dataset;
  let here = "start";

  pattern.remove();
  raise("[data-heading]", "h1");
  raise("[data-subheading]", "h2");
  form.hidden = false;
  document.querySelector("[data-device]").hidden = false;
  document.querySelector("[data-without-script]").hidden = true;
  parts.get("sheet").querySelector("[value=sheet]").hidden = true; // words are looked at while they are typed
  parts.get("sheet").querySelector("[data-print]").classList.remove("quiet");

  function raise(selector, tag) {
    for (const old of form.querySelectorAll(selector)) {
      const heading = document.createElement(tag);
      heading.append(...old.childNodes);
      heading.tabIndex = -1;
      if (tag === "h1") heading.dataset.heading = "";
      old.replaceWith(heading);
    }
  }

  // --- what is remembered ---

  function save() {
    if (carried) return;
    const text = JSON.stringify([...new FormData(form)]);
    try {
      sessionStorage.setItem(STORED, text);
      if (keep?.checked) localStorage.setItem(STORED, text);
    } catch {
      // Then the answers live as long as the page.
    }
  }

  function load() {
    if (carried) return;
    let stored = null;
    try {
      const onDevice = localStorage.getItem(STORED);
      if (keep) keep.checked = onDevice !== null;
      stored = sessionStorage.getItem(STORED) ?? onDevice;
    } catch {
      return;
    }
    for (const [name, value] of JSON.parse(stored ?? "[]")) {
      for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (control.type === "radio" || control.type === "checkbox") control.checked ||= control.value === value;
        else if (control.type !== "submit") control.value = value;
      }
    }
  }

  // --- answers, lists and the page ---

  const answer = (key) => parts.get(key).querySelector(`[name="${CSS.escape(key)}"]:checked`)?.value;
  const statement = (key) => parts.get(key).querySelector("[data-heading]").textContent;
  const ticked = () => [...form.querySelectorAll("[data-scale=tick] [type=checkbox]:checked")].map(words);
  const words = (control) => control.closest("label").querySelector("span").textContent;

  function list(name) {
    const plain = LISTS[name].flatMap((value) => growth.filter((key) => answer(key) === value));
    const put = form.elements.order.value.split(" ").filter((key) => plain.includes(key));
    return [...put, ...plain.filter((key) => !put.includes(key))];
  }

  function move(key, step) {
    const lists = Object.keys(LISTS).map(list);
    for (const keys of lists) {
      const from = keys.indexOf(key);
      const to = from + step;
      if (from >= 0 && keys[to]) [keys[from], keys[to]] = [keys[to], keys[from]];
    }
    form.elements.order.value = lists.flat().join(" ");
  }

  function item(text) {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  }

  function line(key) {
    const copy = pattern.cloneNode(true);
    copy.hidden = false;
    copy.querySelector("[data-statement]").textContent = statement(key);
    for (const button of copy.querySelectorAll("button")) {
      button.value = button.value.trim() + " " + key;
      button.querySelector(".hidden").textContent = ": " + statement(key);
    }
    return copy;
  }

  function draw() {
    for (const name of Object.keys(LISTS)) {
      const keys = list(name);
      for (const place of form.querySelectorAll(`[data-list=${name}]`)) {
        place.replaceChildren(...keys.map((key) => item(statement(key))));
      }
      for (const place of form.querySelectorAll(`[data-ordered=${name}]`)) place.replaceChildren(...keys.map(line));
      for (const empty of form.querySelectorAll(`[data-empty=${name}]`)) empty.hidden = keys.length > 0;
    }
    form.querySelector("[data-list=reasons]").replaceChildren(...ticked().map(item));
    form.querySelector("[data-reasons]").hidden = ticked().length === 0;
  }

  // What the page says before somebody changes it.
  function prefill() {
    const both = [...list("bring"), ...list("like")];
    const texts = Object.entries(SHEET).map(([part, value]) => [
      part,
      both.filter((key) => answer(key) === value).map(statement),
    ]);
    const helps = [...form.querySelectorAll("[data-scale=fit]")]
      .filter((card) => card.querySelector("[type=radio][value=support]:checked"))
      .flatMap((card) => [...card.querySelectorAll("[type=checkbox]:checked")].map(words));
    return [...texts, ["helps", [...new Set(helps)]]].map(([part, lines]) => [part, lines.join("\n")]);
  }

  // Parts that nobody changed follow the answers.
  function fill() {
    for (const [part, text] of prefill()) {
      const control = form.elements[`sheet-${part}`];
      control.dataset.filled ??= text;
      if (control.value === control.dataset.filled) control.value = text;
      control.dataset.filled = text;
    }
    for (const control of sheetTexts()) grow(control);
    fit();
    warn();
  }

  const sheetTexts = () => parts.get("sheet").querySelectorAll("textarea");

  function grow(control) {
    const width = control.closest(".cols") ? 30 : 60;
    const lines = control.value.split("\n").map((text) => 1 + Math.floor(text.length / width));
    control.rows = Math.max(
      2,
      lines.reduce((sum, one) => sum + one, 0),
    );
  }

  // A long sheet is printed small, so that it stays on one page; the page without script counts in the same way.
  function fit() {
    const rows = (part) => form.elements[`sheet-${part}`].rows;
    const beside = Math.max(rows("show"), rows("do")) + Math.max(rows("grow"), rows("support"));
    parts.get("sheet").querySelector(".sheet").classList.toggle("full", rows("words") + beside + rows("helps") > 24);
  }

  function warn() {
    const ours = new Set([...keys.map(statement), ...[...form.querySelectorAll("[type=checkbox]")].map(words)]);
    const typed = [form.elements["sheet-name"], ...sheetTexts()].flatMap((control) => control.value.split("\n"));
    const own = typed.filter((text) => !ours.has(text.trim())).join("\n");
    for (const warning of form.querySelectorAll("[data-warning]")) {
      warning.hidden = !new RegExp(form.dataset[warning.dataset.warning], "i").test(own);
    }
  }

  // --- going from card to card ---

  function show(place, focus = true) {
    here = place;
    draw();
    fill();
    for (const [name, part] of parts) part.hidden = name !== place;
    soFar.hidden = !keys.includes(place);
    document.querySelector("[data-lists]").hidden = carried || list("bring").length + list("like").length === 0;
    save();
    if (!focus) return;
    scrollTo(0, 0);
    parts.get(place).querySelector("h1").focus({ preventScroll: true });
  }

  function visit(place) {
    if (place !== here) history.pushState({ place }, "");
    show(place);
  }

  function clear(key) {
    for (const control of parts.get(key).querySelectorAll("[type=radio], [type=checkbox]")) control.checked = false;
  }

  function press(go, button) {
    const [what, key] = go.split(" ");
    const place = keys.indexOf(here);
    if (what === "up" || what === "down") {
      move(key, what === "up" ? -1 : 1);
      show("result", false);
      const same = form.querySelector(`button[value="${CSS.escape(go)}"]`);
      same?.focus();
    } else if (what === "at") visit(key);
    else if (what === "sheet" && here === "sheet") warn();
    else if (parts.has(what)) visit(what);
    else if (here === "start") visit(keys[0]);
    else if (place < 0) return;
    else if (what === "back") visit(keys[place - 1] ?? "start");
    else {
      if (what === "skip") clear(here);
      visit(keys[place + 1] ?? "result");
    }
  }

  for (const one of [form, start.querySelector("form")]) {
    one.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (button?.hasAttribute("formaction")) return;
      event.preventDefault();
      // Enter in a text field presses the first button of the form, which may lie on a card that is not shown.
      const shown = button && !button.closest("[hidden]");
      press(shown ? button.value : keys.includes(here) ? "next" : here, button);
    });
  }
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) {
      grow(event.target);
      fit();
    }
    if (event.target.matches("[type=radio], [type=checkbox]")) {
      draw();
      fill();
    } else warn();
    save();
  });
  addEventListener("popstate", (event) => show(event.state?.place ?? "start"));
  keep?.addEventListener("change", () => (keep.checked ? save() : forget(localStorage)));
  document.querySelector("[data-delete]")?.addEventListener("click", () => {
    forget(sessionStorage);
    forget(localStorage);
    form.reset();
    form.elements.order.value = "";
    if (keep) keep.checked = false;
    for (const control of form.querySelectorAll("textarea")) delete control.dataset.filled;
    history.replaceState({ place: "start" }, "");
    show("start");
    forget(sessionStorage);
  });

  load();
  fill();
  show(parts.has(history.state?.place) ? history.state.place : "start", false);
}
