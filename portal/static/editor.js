// Saves and shows while somebody writes. Without this file the buttons of the form do the same work.
const form = document.querySelector("form.editor");
const said = document.querySelector("[data-said]");
const pane = document.querySelector("[data-preview]");
const version = form?.querySelector("[data-version]");
const look = form?.querySelector("[data-look]");
const SAVE_AFTER = 3000; // milliseconds without a key
const SHOW_AFTER = 600;
const PATIENCE = 15000; // milliseconds before a network that does not answer is given up
const GOES_ALONG = 60000; // bytes that a browser still sends when the page is left

let saveTimer;
let showTimer;
let asking;
let changed = false; // since the last time it was saved
// Somebody else saved, or the page is gone: only the button goes on. So it is where both texts are shown.
let stopped = said !== null && "waits" in said.dataset;
let leaving = false;
let waiting = 0; // savings under way
let line = Promise.resolve(); // one saving after the other, since each brings the next version

async function send(address, options) {
  return fetch(address, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { "X-Requested-With": "fetch" },
    redirect: "error",
    ...options,
  });
}

async function save(keepalive = false) {
  if (!changed || stopped) return;
  changed = false;
  try {
    const response = await send(said.dataset.save, { keepalive, signal: AbortSignal.timeout(PATIENCE) });
    if (response.status === 401 || response.status === 403) {
      changed = stopped = true;
      said.textContent = said.dataset.signedOut;
      return;
    }
    const told = await response.json();
    if (response.ok) version.value = told.version;
    else changed = true;
    stopped = response.status === 409 || response.status === 410;
    said.textContent = told.said;
  } catch {
    changed = true;
    said.textContent = said.dataset.notSaved;
  }
}

function saveInLine() {
  clearTimeout(saveTimer);
  waiting += 1;
  line = line.then(() => save()).then(() => {
    waiting -= 1;
  });
}

async function show() {
  clearTimeout(showTimer);
  asking?.abort();
  asking = new AbortController();
  try {
    const response = await send(look.formAction, { signal: asking.signal });
    if (response.ok) pane.innerHTML = await response.text();
  } catch {
    // What was shown stays; the button still works.
  }
}

if (form) {
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(saveTimer);
    clearTimeout(showTimer);
    saveTimer = setTimeout(saveInLine, SAVE_AFTER);
    showTimer = setTimeout(show, SHOW_AFTER);
  });
  look.addEventListener("click", (event) => {
    event.preventDefault();
    show().then(() => document.querySelector("#preview").scrollIntoView());
  });
  // What is being saved must not arrive after what the button sends, with a version that is no longer the newest.
  form.addEventListener("submit", (event) => {
    clearTimeout(saveTimer);
    leaving = true;
    if (!waiting) return;
    event.preventDefault();
    line.then(() => form.requestSubmit(event.submitter));
  });
  // What cannot be saved on the way out is asked about; whoever leaves quickly (site.js) is not held up.
  addEventListener("beforeunload", (event) => {
    if (!changed || leaving || document.documentElement.hidden) return;
    if (stopped || waiting || new URLSearchParams(new FormData(form)).toString().length > GOES_ALONG) {
      event.preventDefault();
    }
  });
  addEventListener("pagehide", () => {
    if (!leaving) save(true);
  });
  // Back to a page the browser kept: it may be written on again.
  addEventListener("pageshow", () => {
    leaving = false;
  });
}
