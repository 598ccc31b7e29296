// Lives beside a form (class readiness-form): status line, progress bar, keyboard guard, ARIA.
const FORM = ".readiness-form";
const PRESS = "readiness-press-";
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";

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

function render({ model, el }) {
  const status = document.createElement("div");
  status.className = "readiness-status";
  status.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", "Probes");
  el.append(bar, status);

  let revive;
  const say = () => {
    status.textContent = revive ? LOST : model.get("status");
    status.classList.toggle("readiness-trouble", !revive && model.get("trouble"));
  };
  const advance = () => {
    const share = model.get("progress");
    bar.hidden = Boolean(revive) || share < 0;
    // Nothing known yet: a bar that moves, not one that stands at its left end.
    if (share > 0) bar.value = share;
    else bar.removeAttribute("value");
  };
  const press = () => {
    const form = el.closest(FORM);
    if (!form) return;
    for (const button of form.querySelectorAll("button.readiness-choice")) {
      button.setAttribute("aria-pressed", String(button.classList.contains(`readiness-key-${model.get("pressed")}`)));
    }
    for (const button of form.querySelectorAll("button.readiness-entry")) {
      if (button.classList.contains("readiness-current")) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  };
  // A widget's own value waits while the kernel is busy, and the kernel may hear each widget in another thread: what
  // is typed and what is pressed goes by this widget alone, in its order.
  const tell = (event) => {
    const form = el.closest(FORM);
    const button = event.type === "click" ? event.target.closest("button") : null;
    if (!form || !form.contains(event.target) || (event.type === "click" && !button)) return;
    const pressed = [...(button?.classList ?? [])].find((name) => name.startsWith(PRESS))?.slice(PRESS.length) ?? "";
    if (button && !pressed) return;
    if (pressed) {
      event.stopImmediatePropagation();
      event.preventDefault();
    }
    const typed = {};
    for (const field of form.querySelectorAll("[class*=readiness-field-]")) {
      const kind = [...field.classList].find((name) => name.startsWith("readiness-field-"));
      const input = field.querySelector("input, textarea");
      const text = input?.type === "checkbox" ? (input.checked ? "yes" : "") : input?.value ?? "";
      typed[kind.slice("readiness-field-".length)] = text;
    }
    model.send({ asked: model.get("asked"), typed, pressed });
  };
  const listen = () => {
    const form = el.closest(FORM);
    if (!form || form.classList.contains("jupyter-widgets-disconnected") === Boolean(revive)) return;
    if (revive) {
      revive();
      revive = undefined;
    } else revive = silence(form);
    say();
    advance();
  };
  const onKey = (event) => guard(event, el);
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("input", tell, true);
  window.addEventListener("click", tell, true);
  model.on("change:status", say);
  model.on("change:trouble", say);
  model.on("change:progress", advance);
  // Buttons are drawn after this widget and change class when another question is shown.
  let watcher;
  const settle = requestAnimationFrame(() => {
    const form = el.closest(FORM);
    if (!form) return;
    watcher = new MutationObserver(() => { press(); listen(); });
    watcher.observe(form, { subtree: true, childList: true, attributeFilter: ["class"] });
    press();
    listen();
  });
  model.on("change:pressed", press);
  say();
  advance();
  return () => {
    window.removeEventListener("keydown", onKey, true);
    window.removeEventListener("input", tell, true);
    window.removeEventListener("click", tell, true);
    cancelAnimationFrame(settle);
    watcher?.disconnect();
  };
}

export default { render };
