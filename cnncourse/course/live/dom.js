/** Elements and controls, each with a label, each usable by mouse, finger and keyboard. */

/**
 * Makes an element. @param {string} tag @param {Record<string, any>} [attributes] functions become listeners
 * @param {...(Node | string)} children @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A labelled list to choose from. @param {string} label @param {[string, string][]} options value and text
 * @param {(value: string) => void} chosen @returns {{ element: HTMLElement, select: HTMLSelectElement }}
 */
export function choice(label, options, chosen) {
  const select = make(
    "select",
    { change: () => chosen(select.value) },
    ...options.map(([value, text]) => make("option", { value }, text)),
  );
  return { element: make("label", { class: "cnl-choice" }, make("span", {}, label), select), select };
}

/** Buttons of which one is pressed. @returns {{ element: HTMLElement, show: (value: string) => void }} */
export function switches(label, options, chosen) {
  const buttons = options.map(([value, text]) =>
    make("button", { type: "button", class: "cnl-button", "data-value": value, click: () => chosen(value) }, text),
  );
  const show = (value) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === value));
  };
  return { element: make("div", { class: "cnl-switches", role: "group", "aria-label": label }, ...buttons), show };
}

/**
 * A labelled slider that shows its value. @param {string} label
 * @param {{ min: number, max: number, step: number, value: number, unit?: string }} range @param {(value: number) => void} changed
 */
export function slider(label, { min, max, step, value, unit = "" }, changed) {
  const text = (number) => `${String(number).replace("-", "−")}${unit}`;
  const said = make("output", { "aria-live": "off" }, text(value));
  const input = make("input", {
    type: "range",
    min,
    max,
    step,
    value,
    "aria-valuetext": text(value),
    autocomplete: "off",
    input: () => {
      said.textContent = text(Number(input.value));
      input.setAttribute("aria-valuetext", said.textContent);
      changed(Number(input.value));
    },
  });
  // The value stands outside the label, which would name it instead of the slider.
  return make("div", { class: "cnl-slider" }, make("label", {}, make("span", {}, label), input), said);
}

/** Reads "−1", "0,5" and "1/9"; undefined if it is no number. @param {string} text */
export function readNumber(text) {
  const parts = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/");
  const [above, below = 1] = parts.map((part) => (part.trim() === "" ? NaN : Number(part)));
  const value = above / below;
  return parts.length <= 2 && Number.isFinite(value) ? value : undefined;
}

const DRAG_START = 5; // pixels before a press becomes a drag
const DRAG_STEP = 12; // pixels for one step

/**
 * A number to type, to drag sideways, or to change by the arrow keys (with Shift a tenth).
 * @param {string} label @param {(value: number) => void} changed @param {{ step?: number, min?: number, max?: number }} [limits]
 * @returns {{ element: HTMLInputElement, show: (value: number) => void }}
 */
export function numberField(label, changed, { step = 1, min = -Infinity, max = Infinity } = {}) {
  let value = 0;
  let drag = null;
  const input = make("input", {
    type: "text",
    inputmode: "decimal",
    role: "spinbutton",
    "aria-label": label,
    class: "cnl-number",
    autocomplete: "off",
    spellcheck: "false",
  });
  const write = () => {
    input.value = String(Number(value.toFixed(3))).replace("-", "−");
    input.setAttribute("aria-valuenow", String(value));
    input.removeAttribute("aria-invalid");
  };
  const move = (next) => {
    value = Math.min(max, Math.max(min, Number(next.toFixed(6))));
    write();
    changed(value);
  };
  input.addEventListener("input", () => {
    const typed = readNumber(input.value);
    const right = typed !== undefined && typed >= min && typed <= max;
    input.toggleAttribute("aria-invalid", !right);
    if (!right) return;
    value = typed;
    input.setAttribute("aria-valuenow", String(value));
    changed(value);
  });
  input.addEventListener("blur", write);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("keydown", (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    move(value + way * (event.shiftKey ? step / 10 : step));
  });
  input.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, value, on: false };
  });
  input.addEventListener("pointermove", (event) => {
    if (drag === null || event.buttons === 0) return;
    const way = event.clientX - drag.x;
    if (!drag.on && Math.abs(way) >= DRAG_START) {
      drag.on = true;
      input.setPointerCapture(event.pointerId);
    }
    if (drag.on) move(drag.value + Math.round(way / DRAG_STEP) * step);
  });
  const drop = () => {
    drag = null;
  };
  input.addEventListener("pointerup", drop);
  input.addEventListener("pointercancel", drop);
  const show = (next) => {
    const typing = document.activeElement === input && readNumber(input.value) === next;
    value = next;
    if (!typing) write();
  };
  return { element: input, show };
}
