/** "Make this picture": the goal, how far the response is from it, and the verdict. */
import { make, switches } from "../../../../course/live/dom.js";
import { numberText, paint } from "../../../../course/live/draw.js";
import { resized } from "./levels.js";

/**
 * @typedef {{ title: string, prompt: string, hint: string, rule: string, signed: boolean, kernel: number[][] }} Level
 * @param {Level[]} levels @param {(state: object) => { output: any }} compute @param {(level: number) => void} chosen
 */
export function makeChallenge(levels, compute, chosen) {
  const goal = make("canvas", { role: "img" });
  const done = new Set();
  let kept = {};
  let [shownImage, painted] = [null, ""];
  const buttons = switches(
    "Which picture to make",
    levels.map((_, i) => [String(i + 1), String(i + 1)]),
    (value) => chosen(Number(value)),
  );
  const heading = make("p", { class: "kl-level" });
  const prompt = make("p");
  const verdict = make("p", { class: "cnl-verdict" });
  const hint = make("details", { class: "kl-hint" }, make("summary", {}, "Hint"), make("p"));
  const element = make(
    "section",
    { class: "kl-challenge", "aria-label": "Make this picture" },
    make("div", { class: "cnl-stage kl-goal" }, goal),
    make(
      "div",
      {},
      make("div", { class: "cnl-head" }, make("p", { class: "cnl-label" }, "Make this picture"), buttons.element),
      heading,
      prompt,
      verdict,
      hint,
    ),
  );

  /** What a level's kernel makes of the picture, as a square of weights of this side; kept while neither changes. */
  function wantedOf(image, level, side) {
    if (kept.image !== image || kept.level !== level || kept.side !== side) {
      kept = { image, level, side, output: compute({ image, kernel: resized(level.kernel, side) }).output };
    }
    return kept.output;
  }

  /** Mean difference in grey levels between what the kernel makes and what the level wants. */
  function difference(state, level) {
    const side = Math.max(state.kernel.length, level.kernel.length);
    if (Math.min(state.image.length, state.image[0].length) < side) return undefined;
    const yours = compute({ image: state.image, kernel: resized(state.kernel, side) }).output.data;
    const wanted = wantedOf(state.image, level, side).data;
    return yours.reduce((sum, value, i) => sum + Math.abs(value - wanted[i]), 0) / yours.length;
  }

  function words(state, level, solved) {
    if (solved) return level.rule === "same" ? "This is the picture." : "This does it, as many kernels do.";
    if (level.rule !== "same")
      return "Flat places and vertical edges must stay empty, horizontal edges must show.";
    const away = difference(state, level);
    return away === undefined
      ? "The picture is too small for this kernel."
      : `Your response is ${numberText(away, away < 10 ? 1 : 0)} grey levels a pixel away.`;
  }

  /** @returns {string} the verdict in words */
  function show(state, solved, colours) {
    const level = levels[state.level - 1] ?? levels[0];
    if (solved) done.add(String(state.level));
    buttons.show(String(state.level));
    for (const button of buttons.element.children) {
      const made = done.has(button.dataset.value);
      button.classList.toggle("kl-done", made);
      button.setAttribute("aria-label", `Level ${button.dataset.value}${made ? ", solved" : ""}`);
    }
    heading.textContent = level.title;
    prompt.textContent = level.prompt;
    hint.lastChild.textContent = level.hint;
    const text = words(state, level, solved);
    verdict.dataset.solved = solved ? "yes" : "no";
    verdict.replaceChildren(make("strong", {}, solved ? "✓ Solved. " : "Not yet. "), text);
    const fits = Math.min(state.image.length, state.image[0].length) >= level.kernel.length;
    const look = [state.level, colours.middle].join();
    if (fits && (shownImage !== state.image || painted !== look)) {
      const { output } = compute({ image: state.image, kernel: level.kernel });
      paint(goal, output.data, ...output.shape, level.signed ? { colours } : {});
      [shownImage, painted] = [state.image, look];
      goal.setAttribute("aria-label", `The picture to make: ${level.title}. ${level.prompt}`);
    }
    return `${solved ? "Solved." : "Not yet."} ${text}`;
  }

  return { element, show };
}
