/**
 * The host of the static pages: it starts an explorer when it comes near the screen. In a notebook `anywidget` does
 * the same work. A page that is opened as a file may not import ES modules (browsers refuse that for file: addresses),
 * so the site's builder writes each module as a classic script that calls `cnnLive.define`.
 */
(() => {
  "use strict";
  if (window.cnnLive) return;
  const modules = {};
  const loading = new Map();
  const kept = {};

  /** Runs a module once its dependencies have run: scripts are loaded in that order. */
  const define = (name, needs, make) => {
    if (!(name in modules)) modules[name] = make(...needs.map((need) => modules[need]));
  };

  /** Loads a script once, however many explorers ask for it. */
  const load = (url) => {
    if (!loading.has(url)) {
      loading.set(
        url,
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = url;
          script.async = false;
          script.onload = resolve;
          script.onerror = () => reject(new Error(`the file ${url} did not load. Reload the page.`));
          document.head.append(script);
        }),
      );
    }
    return loading.get(url);
  };

  /** The state an explorer starts from: what stands in the page, or in a file of its own where it is large. */
  const storedState = async ({ textContent, dataset }) => {
    if (!dataset.from) return JSON.parse(textContent);
    await load(dataset.from);
    return structuredClone(kept[dataset.key]);
  };

  /** Large pictures of whole grey levels come as bytes, everything else as it is. */
  const decode = (value) => {
    if (value === null || typeof value !== "object" || !("bytes" in value)) return value;
    const text = atob(value.bytes);
    const [rows, columns] = value.shape;
    return Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => text.charCodeAt(i * columns + j)),
    );
  };

  /** What `anywidget` hands to a module: the state, and who wants to hear of changes. */
  const makeModel = (state) => {
    const listeners = new Map();
    return {
      get: (key) => state[key],
      set(key, value) {
        if (state[key] === value) return;
        state[key] = value;
        for (const listener of listeners.get(`change:${key}`) ?? []) listener(value);
      },
      on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
      off: (event, listener) =>
        listeners.set(
          event,
          (listeners.get(event) ?? []).filter((one) => one !== listener),
        ),
      save_changes() {},
    };
  };

  const start = async (home) => {
    const box = document.createElement("div");
    box.className = "cnl-app";
    try {
      await Promise.all(home.dataset.scripts.split(" ").map(load));
      const stored = await storedState(home.querySelector(".cnl-state"));
      const state = Object.fromEntries(Object.entries(stored).map(([key, value]) => [key, decode(value)]));
      home.append(box);
      await modules[home.dataset.module].default.render({ model: makeModel(state), el: box, page: true, home });
      home.classList.add("cnl-mounted");
      home.dispatchEvent(new CustomEvent("cnl-ready", { bubbles: true }));
    } catch (error) {
      box.remove();
      const line = document.createElement("p");
      line.className = "cnl-error";
      line.role = "alert";
      line.textContent = `The explorer could not start: ${error.message}`;
      home.append(line);
    }
  };

  const keep = (key, state) => {
    kept[key] = state;
  };

  window.cnnLive = { define, modules, keep };
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        start(target);
      }
    },
    { rootMargin: "400px" },
  );
  for (const home of document.querySelectorAll("[data-live][data-scripts]")) near.observe(home);
  // A link that carries the state of an explorer leads to it: "#kernel_lab:…".
  const wanted = location.hash.slice(1).split(":")[0];
  if (/^\w+$/.test(wanted)) document.querySelector(`[data-live="${wanted}"]`)?.scrollIntoView();
})();
