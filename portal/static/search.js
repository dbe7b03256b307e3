// Results while somebody types. Without this file the button of the form does the same.
const form = document.querySelector("form[data-live]");
const found = document.querySelector("[data-found]");
const said = document.querySelector("[data-said]"); // for those who hear the page
const PAUSE = 250; // milliseconds without a key before asking
const SHORTEST = 2; // letters

let timer;
let asking;

async function ask(words) {
  asking?.abort();
  asking = new AbortController();
  try {
    const query = new URLSearchParams({ q: words, part: "1" });
    const response = await fetch(`${form.action}?${query}`, { signal: asking.signal });
    // Only ours: an error page does not belong here, and the reader may have typed on.
    if (!response.ok || form.q.value.trim() !== words) return;
    found.innerHTML = await response.text();
    said.textContent = found.querySelector("h2")?.textContent ?? "";
  } catch {
    // What was there stays; the button still works.
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  const words = form.q.value.trim();
  if (words.length >= SHORTEST) timer = setTimeout(ask, PAUSE, words);
});
form?.addEventListener("submit", () => {
  clearTimeout(timer);
  asking?.abort();
});
// Down from the field to the first result.
form?.q.addEventListener("keydown", (event) => {
  const first = event.key === "ArrowDown" && found.querySelector("a");
  if (!first) return;
  event.preventDefault();
  first.focus();
});
