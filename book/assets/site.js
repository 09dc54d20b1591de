// What the pages cannot do by HTML alone: the colour switch, the drawer on a phone, copying code, and keyboard
// access to what scrolls sideways. Everything else works without this file.
(function () {
  "use strict";
  const root = document.documentElement;

  function remember(mode) {
    try { localStorage.setItem("cnn-theme", mode); } catch (error) { /* storage may be forbidden */ }
  }

  // Colours: follow the system until the reader chooses.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const MODES = ["auto", "light", "dark"];
  const NAMES = { auto: "as the system", light: "light", dark: "dark" };
  const themeButton = document.querySelector(".theme-button");
  function applyMode(mode) {
    root.dataset.mode = mode;
    root.dataset.theme = mode === "auto" ? (system.matches ? "dark" : "light") : mode;
    const label = "Colours: " + NAMES[mode];
    themeButton.title = label;
    themeButton.querySelector(".visually-hidden").textContent = label;
  }
  applyMode(root.dataset.mode);
  system.addEventListener("change", () => applyMode(root.dataset.mode));
  themeButton.addEventListener("click", () => {
    // The first press must change something: from "as the system" go to the colours not shown now.
    const order = system.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    const mode = order[(order.indexOf(root.dataset.mode) + 1) % MODES.length];
    remember(mode);
    applyMode(mode);
  });

  // Contents as a drawer on narrow screens.
  const menuButton = document.querySelector(".menu-button");
  const contents = document.getElementById("contents");
  function openContents(open) {
    contents.classList.toggle("open", open);
    menuButton.setAttribute("aria-expanded", String(open));
    document.querySelector(".text-column").inert = open;
    if (open) contents.querySelector("a").focus();
  }
  menuButton.addEventListener("click", () => openContents(!contents.classList.contains("open")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && contents.classList.contains("open")) {
      openContents(false);
      menuButton.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const inside = contents.contains(event.target) || menuButton.contains(event.target);
    if (contents.classList.contains("open") && !inside) openContents(false);
  });
  matchMedia("(min-width: 60.01rem)").addEventListener("change", () => openContents(false));
  const current = contents.querySelector("a.current");
  if (current && current.offsetTop > contents.clientHeight) contents.scrollTop = current.offsetTop - 100;

  // Copy buttons on code; prompts and outputs are left out.
  document.querySelectorAll(".cell_input .highlight, div[class*=highlight-]:not(.highlight-none) > .highlight").forEach((block) => {
    if (block.querySelector(".copy") || block.closest(".cell_output") || !navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy this code");
    button.addEventListener("click", async () => {
      const text = block.querySelector("pre").textContent.replace(/\n$/, "");
      let done = "Copied";
      try { await navigator.clipboard.writeText(text); } catch (error) { done = "Not allowed"; }
      button.textContent = done;
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    block.append(button);
  });

  // A browser does not break a formula; one that is wider than its line gets a box that scrolls.
  function isWide(box) {
    let line = box.parentElement;
    while (getComputedStyle(line).display === "inline") line = line.parentElement;
    return box.getBoundingClientRect().width > line.clientWidth + 1;
  }
  function markWideFormulas() {
    document.querySelectorAll(".wide-formula").forEach((box) => {
      box.classList.remove("wide-formula");
      box.removeAttribute("tabindex");
    });
    const formulas = [...document.querySelectorAll("main math:not([display=block])")];
    formulas.map((formula) => formula.closest(".nowrap") || formula).filter(isWide).forEach((found) => {
      let box = found;
      if (found.localName === "math") {
        box = document.createElement("span");
        box.className = "nowrap";
        found.replaceWith(box);
        box.append(found);
      }
      box.classList.add("wide-formula");
    });
  }

  // What scrolls sideways must be reachable by keyboard; what does not should not be a stop on the way.
  function markScrollable() {
    markWideFormulas();
    document.querySelectorAll("main pre, .math-scroll, .table-scroll, .cell_output .output, .wide-formula").forEach((element) => {
      const scrolls = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
      if (scrolls) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    });
  }
  markScrollable();
  addEventListener("load", markScrollable);
  document.addEventListener("toggle", markScrollable, true); // what was folded had no width
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(markScrollable, 200); });

  // Mark the heading that is being read.
  const links = new Map();
  document.querySelectorAll(".on-this-page a[href^='#']").forEach((link) => {
    const section = link.hash.length > 1 && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, link);
  });
  if (links.size) {
    const observer = new IntersectionObserver((entries) => {
      const entry = entries.filter((item) => item.isIntersecting).pop();
      if (!entry) return;
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target).setAttribute("aria-current", "true");
    }, { rootMargin: "-80px 0px -70% 0px" });
    links.forEach((link, section) => observer.observe(section));
  }

  // A lazy picture that was never on the screen prints empty, and printing does not wait for it: once the page is
  // there, fetch the rest.
  function loadPictures() {
    document.querySelectorAll("main img[loading=lazy]").forEach((picture) => { picture.loading = "eager"; });
  }
  const whenIdle = window.requestIdleCallback || ((work) => setTimeout(work, 1000));
  if (document.readyState === "complete") whenIdle(loadPictures);
  else addEventListener("load", () => whenIdle(loadPictures));

  // Paper is white and has no clicks: print in the light colours, with everything open; then put all back.
  let opened = [];
  addEventListener("beforeprint", () => {
    root.dataset.theme = "light";
    loadPictures();
    opened = opened.concat([...document.querySelectorAll("main details:not([open])")]);
    opened.forEach((block) => { block.open = true; });
  });
  addEventListener("afterprint", () => {
    applyMode(root.dataset.mode);
    opened.forEach((block) => { block.open = false; });
    opened = [];
  });
})();
