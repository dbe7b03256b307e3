// Answers are saved as they are given. Without this file the buttons of the form do the same work.
const form = document.querySelector("form[data-autosave]");
const word = document.querySelector("[data-saved]");
const TYPING = 2000; // milliseconds without a key before text is saved
const PATIENCE = 5000; // milliseconds before a network that does not answer is given up

let timer;
let waiting = 0;
let line = Promise.resolve();

async function send() {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Requested-With": "fetch" },
      signal: stop.signal,
    });
    // Whoever has gone on typing is not told that it is saved.
    if (response.status === 204 && !timer) word.textContent = word.dataset.saved;
  } catch {
    // Nothing is said; the button saves it.
  }
  clearTimeout(late);
}

function save() {
  clearTimeout(timer);
  timer = undefined;
  word.textContent = "";
  waiting += 1;
  line = line.then(send).then(() => {
    waiting -= 1;
  });
}

if (form) {
  form.addEventListener("change", save);
  form.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    word.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, TYPING);
  });
  // An answer under way must not arrive after the one the button sends.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!waiting || !form.requestSubmit) return;
    event.preventDefault();
    line.then(() => form.requestSubmit(event.submitter));
  });
}
