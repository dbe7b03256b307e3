// Everything here only makes things smoother: without it the same links and forms do the same work.

// Leave quickly: three presses of Shift within five seconds, or the link, blank the page and leave no way back to it.
const leave = document.querySelector(".leave");

function go(event) {
  event?.preventDefault();
  document.documentElement.hidden = true;
  // The answer to leaving clears both as well, but only over https and where it arrives.
  for (const storage of ["sessionStorage", "localStorage"]) {
    try {
      window[storage].clear();
    } catch {
      // A browser that keeps nothing has nothing to clear, and nothing holds leaving up.
    }
  }
  location.replace(leave.href);
}

if (leave) {
  let presses = [];
  leave.addEventListener("click", go);
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    if (event.repeat) return;
    presses = [...presses, event.timeStamp].filter((time) => event.timeStamp - time < 5000);
    if (presses.length === 3) go();
  });
}

// A list of errors is read first.
document.querySelector("[data-focus]")?.focus();

// Printing is one press where there is a script.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
