// Lives beside a form (class readiness-form): keyboard guard, what is typed and pressed, ARIA, and the word that a
// kernel is gone. It speaks to the kernel and is not spoken to; what it has to know stands in classes (guard.py).
const FORM = ".readiness-form";
const PRESS = "readiness-press-";
const FIELD = "readiness-field-";
const ASKED = "readiness-asked-";
const ABOUT = "readiness-about-";
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";

// The rest of the first class of an element that begins so; undefined where it has none.
function named(element, beginning) {
  return [...(element?.classList ?? [])].find((name) => name.startsWith(beginning))?.slice(beginning.length);
}

// JupyterLab listens on the document; capturing on the window comes before it. Default actions (typing, moving the
// focus, pressing a button) are untouched. Keys with a modifier and Escape stay JupyterLab's.
function guard(event, own) {
  const form = own.closest(FORM);
  if (!form || !form.contains(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape") return;
  event.stopImmediatePropagation();
  if (event.type !== "keydown" || event.repeat || event.target.closest(TYPING)) return;
  const button = /^[a-z]$/.test(event.key) && form.querySelector(`button.readiness-key-${event.key}`);
  if (button && !button.disabled) {
    event.preventDefault();
    button.click();
  }
}

const LOST = "The kernel that drew this is gone. Run all cells (▸▸) to go on; what was not saved comes back then.";

// After a kernel restart nothing here is heard any more, so nothing may look as if it were. Returns what undoes it.
function silence(form) {
  const held = [...form.querySelectorAll("button:enabled, input:enabled, textarea:enabled")];
  for (const one of held) one.disabled = true;
  return () => { for (const one of held) one.disabled = false; };
}

// What screen readers are told beside the words.
function mark(form) {
  for (const line of form.querySelectorAll(".readiness-status")) line.setAttribute("role", "status");
  for (const button of form.querySelectorAll("button.readiness-choice")) {
    button.setAttribute("aria-pressed", String(button.classList.contains("readiness-given")));
  }
  for (const button of form.querySelectorAll("button.readiness-entry")) {
    if (button.classList.contains("readiness-current")) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function render({ model, el }) {
  const lost = document.createElement("div");
  lost.className = "readiness-lost";
  lost.setAttribute("role", "status");
  el.append(lost);

  // A widget's own value waits while the kernel is busy, and the kernel may hear each widget in another thread: what
  // is typed and what is pressed goes by this widget alone, in its order.
  const tell = (event) => {
    const form = el.closest(FORM);
    const button = event.type === "click" ? event.target.closest("button") : null;
    if (!form || !form.contains(event.target) || (event.type === "click" && !button)) return;
    const pressed = named(button, PRESS) ?? "";
    if (button && !pressed) return;
    if (pressed) {
      event.stopImmediatePropagation();
      event.preventDefault();
    }
    const asked = named(form.querySelector(".readiness-status"), ASKED);
    const typed = {};
    for (const field of form.querySelectorAll(`[class*=${FIELD}]`)) {
      // While another question is being drawn, some fields are of the one and some of the other.
      if ((named(field, ABOUT) ?? asked) !== asked) continue;
      const input = field.querySelector("input, textarea");
      const text = input?.type === "checkbox" ? (input.checked ? "yes" : "") : input?.value ?? "";
      typed[named(field, FIELD)] = text;
    }
    model.send({ asked, typed, pressed });
  };
  // A stock field sends its text once more when it is left, not saying of which question it is.
  const hush = (event) => {
    const form = el.closest(FORM);
    const isText = event.target.matches?.("input:not([type=checkbox]), textarea");
    if (isText && form?.contains(event.target) && event.target.closest(`[class*=${FIELD}]`)) {
      event.stopImmediatePropagation();
    }
  };
  let revive;
  const listen = (form) => {
    if (form.classList.contains("jupyter-widgets-disconnected") === Boolean(revive)) return;
    if (revive) {
      revive();
      revive = undefined;
    } else revive = silence(form);
    lost.textContent = revive ? LOST : "";
  };
  const onKey = (event) => guard(event, el);
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("input", tell, true);
  window.addEventListener("click", tell, true);
  window.addEventListener("change", hush, true);
  // The form is drawn around this widget, its buttons after it; they change class when another question is shown.
  let watcher;
  let settling;
  const settle = () => {
    const form = el.closest(FORM);
    if (!form) {
      settling = requestAnimationFrame(settle);
      return;
    }
    const look = () => { mark(form); listen(form); };
    watcher = new MutationObserver(look);
    watcher.observe(form, { subtree: true, childList: true, attributeFilter: ["class"] });
    look();
    form.classList.add("readiness-live");
  };
  settling = requestAnimationFrame(settle);
  return () => {
    window.removeEventListener("keydown", onKey, true);
    window.removeEventListener("input", tell, true);
    window.removeEventListener("click", tell, true);
    window.removeEventListener("change", hush, true);
    cancelAnimationFrame(settling);
    watcher?.disconnect();
  };
}

export default { render };
