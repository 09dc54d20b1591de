/** "Hide the sum until I have guessed": one number to say before the explorer says it. */
import { make, readNumber } from "../../../../course/live/dom.js";

/** @param {(text: string) => void} say @param {() => void} changed */
export function makeGuess(say, changed) {
  const known = new Set();
  let [here, value] = ["0,0", 0];
  const box = make("input", {
    type: "checkbox",
    change: () => {
      known.clear();
      words.textContent = "";
      form.hidden = !box.checked;
      changed();
    },
  });
  const field = make("input", {
    type: "text",
    inputmode: "decimal",
    class: "cw-guess-field",
    autocomplete: "off",
    "aria-label": "Your guess for this sum",
  });
  const words = make("span", { role: "status" });
  const form = make(
    "form",
    {
      hidden: true,
      class: "cw-guess-form",
      submit: (event) => {
        event.preventDefault();
        const guess = readNumber(field.value);
        if (guess === undefined) {
          words.textContent = "Type a number first.";
          return;
        }
        known.add(here);
        const right = Math.abs(guess - value) <= 0.005 + 0.005 * Math.abs(value);
        words.replaceChildren(
          make("strong", {}, right ? "✓ Right." : "No."),
          right ? "" : ` It is ${String(Number(value.toFixed(2))).replace("-", "−")}.`,
        );
        field.value = "";
        changed();
      },
    },
    field,
    make("button", { class: "cnl-button" }, "Compare"),
    words,
  );
  const element = make(
    "div",
    { class: "cw-guess" },
    make("label", {}, box, " Hide each sum until I have guessed it"),
    form,
  );
  return {
    element,
    hides: ({ row, column }) => box.checked && !known.has(`${row},${column}`),
    show(at, sum) {
      [here, value] = [`${at.row},${at.column}`, sum];
    },
    reset() {
      known.clear();
    },
  };
}
