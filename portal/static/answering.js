// Answers are saved as they are given. Without this file the buttons of the form do the same work.
const form = document.querySelector("form[data-autosave]");
const word = document.querySelector("[data-saved]");
const TYPING = 2000; // milliseconds without a key before text is saved
const PATIENCE = 5000; // milliseconds before a network that does not answer is given up

let timer;
let waiting = 0;
let line = Promise.resolve();
let underWay;
let unsaved = false; // something was changed here and is not known to be saved
let refused = Boolean(form?.dataset.autosave); // what the page shows was not taken when it was last sent
let goes = false; // a button sends the form, or somebody leaves without saving and knows it

async function send() {
  const stop = new AbortController();
  underWay = stop;
  const late = setTimeout(() => stop.abort(), PATIENCE);
  let saved = false;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Requested-With": "fetch" },
      keepalive: true, // it arrives although the page is left
      signal: stop.signal,
    });
    saved = response.status === 204;
  } catch {
    // Without a network nothing is saved, and that is said.
  }
  clearTimeout(late);
  refused = !saved;
  // Whoever has gone on is told how the newest went.
  if (timer || waiting > 1) return;
  unsaved = !saved;
  word.textContent = saved ? word.dataset.saved : word.dataset.unsaved;
}

function save() {
  if (document.documentElement.hidden) return; // leaving quickly takes the cursor out of the text
  change();
  waiting += 1;
  line = line.then(send).then(() => {
    waiting -= 1;
  });
}

function change() {
  clearTimeout(timer);
  timer = undefined;
  word.textContent = "";
  unsaved = true;
  goes = false;
}

// Leaving quickly, where site.js hides the page, is held up by nothing, and nothing is sent after it.
const free = () => goes || document.documentElement.hidden;

if (form) {
  form.addEventListener("change", save);
  form.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    change();
    timer = setTimeout(save, TYPING);
  });
  // An answer under way must not arrive after the one the button sends.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    timer = undefined;
    if (!waiting || !form.requestSubmit) {
      goes = true;
      return;
    }
    event.preventDefault();
    line.then(() => form.requestSubmit(event.submitter));
  });
  addEventListener("click", (event) => {
    if (event.target.closest(".leave, [data-without-saving]")) goes = true;
  });
  addEventListener("beforeunload", (event) => {
    // What can be saved goes with the page; only what the portal does not take is asked about.
    if (free() || !(refused || (unsaved && !new FormData(form).has("answer")))) return;
    event.preventDefault();
    event.returnValue = true; // for browsers from before 2023
  });
  addEventListener("pagehide", () => {
    underWay?.abort(); // an older one must not arrive last, nor any after leaving quickly
    if (unsaved && !free()) send();
  });
  addEventListener("online", () => {
    if (unsaved) save();
  });
}
