/**
 * What every live explorer has in common: state in, picture out, and `element.explorer` for tests, the console and
 * teachers. The model, anywidget's or the host's, holds the state; everything drawn follows from it.
 *
 * @typedef {object} Definition
 * @property {string} name what `data-live` says
 * @property {string[]} keys the entries of the state
 * @property {(state: object) => void} check throws an Error whose message is one clear line
 * @property {(state: object, constants: any) => Record<string, any>} compute the result; tensors in it become nested
 *   lists outside, and what is neither tensor nor plain (an object of tensors, for the view alone) stays inside
 * @property {(state: object, constants: any) => boolean} [solved]
 * @property {(root: HTMLElement, explorer: Explorer) => (changed: Set<string>) => void} view builds the picture once
 *   and returns what brings it up to date
 */
import { nested } from "./ops/tensor.js";

const REST = 700; // milliseconds without a change after which the result is said

/** The next frame, or soon where there is none: a tab in the background draws nothing. */
const nextFrame = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
    setTimeout(resolve, 100);
  });

export class Explorer {
  /** @param {Definition} definition @param {any} model @param {{ page: boolean, home: HTMLElement }} place */
  constructor(definition, model, { page, home }) {
    this.definition = definition;
    this.model = model;
    this.page = page;
    this.home = home;
    this.changed = new Set(definition.keys);
    this.pending = null;
    this.version = 0;
    this.cache = { version: -1, values: null };
  }

  /** The state without a copy, for the explorer's own use. */
  get now() {
    return Object.fromEntries(this.definition.keys.map((key) => [key, this.model.get(key)]));
  }

  get state() {
    return structuredClone(this.now);
  }

  get constants() {
    return this.model.get("constants") ?? {};
  }

  /** The result as it was computed, typed arrays and all. */
  get values() {
    if (this.cache.version !== this.version) {
      this.cache = { version: this.version, values: this.definition.compute(this.now, this.constants) };
    }
    return this.cache.values;
  }

  get result() {
    const isTensor = (value) => value?.data !== undefined && value.shape !== undefined;
    const outside = Object.entries(this.values).filter(
      ([, value]) => typeof value !== "object" || Array.isArray(value) || isTensor(value),
    );
    return structuredClone(
      Object.fromEntries(outside.map(([key, value]) => [key, isTensor(value) ? nested(value) : value])),
    );
  }

  get solved() {
    return this.definition.solved?.(this.now, this.constants) ?? false;
  }

  /** Changes entries of the state; resolves when the picture shows it, rejects what the explorer cannot compute. */
  async set(partial) {
    const unknown = Object.keys(partial).find((key) => !this.definition.keys.includes(key));
    if (unknown !== undefined)
      throw new Error(`there is no ${unknown} here; the state has ${this.definition.keys.join(", ")}.`);
    this.definition.check({ ...this.now, ...partial });
    for (const [key, value] of Object.entries(partial)) this.model.set(key, structuredClone(value));
    this.model.save_changes();
    await this.pending;
  }

  /** Says a text once the reader's hand rests. @param {string} text */
  say(text) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.said.textContent = text;
    }, REST);
  }

  /** Shows one line about what went wrong, or takes it away. @param {string} text */
  complain(text) {
    this.fault.textContent = text;
    this.fault.hidden = text === "";
  }

  /** Several changes between two frames are one picture. @param {string} key */
  touch(key) {
    this.changed.add(key);
    this.version += 1;
    this.pending ??= nextFrame().then(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw() {
    const changed = this.changed;
    this.changed = new Set();
    try {
      this.definition.check(this.now);
      this.update(changed);
      this.complain("");
    } catch (error) {
      this.complain(error.message);
    }
  }
}

/** Calls `redraw` when the page turns dark or light. @returns {() => void} stops it */
function watchTheme(redraw) {
  const observer = new MutationObserver(redraw);
  const options = { attributes: true, attributeFilter: ["data-theme", "theme", "data-jp-theme-light", "class"] };
  observer.observe(document.documentElement, options);
  observer.observe(document.body, options);
  const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener("change", redraw);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", redraw);
  };
}

/** Makes the module that anywidget and the host mount. @param {Definition} definition */
export function define(definition) {
  return {
    render({ model, el, page = false, home = el }) {
      home.dataset.live = definition.name;
      home.classList.add("cnl"); // a notebook gives an element without a class
      el.classList.add("cnl-app");
      const explorer = new Explorer(definition, model, { page, home });
      const root = document.createElement("div");
      explorer.fault = Object.assign(document.createElement("p"), {
        className: "cnl-error",
        role: "alert",
        hidden: true,
      });
      explorer.said = Object.assign(document.createElement("p"), { className: "cnl-said" });
      explorer.said.setAttribute("aria-live", "polite");
      el.append(root, explorer.fault, explorer.said);
      // JupyterLab would take keys as commands: D pressed twice deletes the cell. Those with Ctrl and the like pass.
      el.addEventListener("keydown", (event) => {
        if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
      });
      // Notebook 7 takes keys while they come down, unless the element with the focus itself forbids it.
      el.addEventListener("focusin", ({ target }) => {
        target.dataset.lmSuppressShortcuts = "true";
      });
      explorer.update = definition.view(root, explorer);
      const listeners = definition.keys.map((key) => [`change:${key}`, () => explorer.touch(key)]);
      for (const [event, listener] of listeners) model.on(event, listener);
      const stop = watchTheme(() => explorer.touch("theme"));
      home.explorer = explorer;
      // A notebook may mount the element later, and until then the style sheet gives it no colours.
      const begin = () => (home.isConnected ? explorer.draw() : setTimeout(begin, 30));
      begin();
      return () => {
        stop();
        for (const [event, listener] of listeners) model.off(event, listener);
      };
    },
  };
}
