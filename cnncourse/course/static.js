(() => {
  "use strict";
  // Sliders pick a frame: its picture, its words and, in a quest, its verdict. All explorers on the page
  // that are not running yet are started, whichever copy of this script comes first.
  const start = (root) => {
    const data = JSON.parse(root.querySelector(".cnx-frames").textContent);
    const picture = root.querySelector(".cnx-frame");
    const verdict = root.querySelector(".cnx-verdict");
    const live = root.querySelector(".cnx-live");
    const controls = [...root.querySelectorAll(".cnx-control")];
    const position = [...data.start];
    // A choice with one value has no slider.
    const moving = data.choices.map((_, i) => i).filter((i) => data.choices[i].values.length > 1);
    let waiting = 0;

    const say = (words, frame) => {
      words.querySelector(".cnx-word").textContent = frame.solved ? "Solved." : "Not yet.";
      words.querySelector(".cnx-hint").textContent = frame.hint;
    };

    const judge = (frame) => {
      const said = verdict.querySelector(".cnx-said");
      verdict.dataset.solved = frame.solved ? "yes" : "no";
      say(said, frame);
      // Spoken once the slider rests, not at every step of a drag.
      clearTimeout(waiting);
      waiting = setTimeout(() => { live.textContent = said.textContent; }, 600);
    };

    // Every verdict stands unseen in the same place, so that the longest has room in any font.
    const makeRoom = () => {
      const said = verdict.querySelector(".cnx-said");
      for (const frame of new Map(data.frames.map((frame) => [frame.hint, frame])).values()) {
        const unseen = said.cloneNode(true);
        unseen.className = "cnx-room";
        unseen.setAttribute("aria-hidden", "true");
        say(unseen, frame);
        said.after(unseen);
      }
    };

    const show = () => {
      const number = position.reduce((sum, at, i) => sum * data.choices[i].values.length + at, 0);
      const frame = data.frames[number];
      if (frame.html !== null) {
        // The tallest frame so far keeps its room, so that the page below does not jump.
        picture.style.minHeight = `${picture.offsetHeight}px`;
        picture.innerHTML = frame.html;
        picture.setAttribute("aria-label", frame.alt);
      } else {
        picture.src = frame.src;
        picture.alt = frame.alt;
      }
      if (verdict) judge(frame);
    };

    let fetched = false;
    const fetchAll = () => {
      if (fetched) return;
      fetched = true;
      root.cnxPictures = data.frames.filter((frame) => frame.src && !frame.src.startsWith("data:"))
        .map((frame) => Object.assign(new Image(), { src: frame.src }));
    };

    controls.forEach((control, k) => {
      const choice = moving[k];
      const slider = control.querySelector("input");
      const output = control.querySelector("output");
      slider.disabled = false;
      slider.value = position[choice];
      slider.addEventListener("input", () => {
        position[choice] = Number(slider.value);
        const text = data.choices[choice].values[position[choice]];
        output.textContent = text;
        slider.setAttribute("aria-valuetext", text);
        show();
      });
      // JupyterLab would take the arrow keys for itself, Notebook 7 even before they come here.
      slider.dataset.lmSuppressShortcuts = "true";
      slider.addEventListener("keydown", (event) => event.stopPropagation());
    });
    for (const event of ["pointerenter", "touchstart", "focusin"]) {
      root.addEventListener(event, fetchAll, { once: true, passive: true });
    }
    if (verdict) makeRoom();
    root.querySelector(".cnx-off")?.remove();
    root.dataset.ready = "yes";
  };
  document.querySelectorAll(".cnx-explorer:not([data-ready]), .cnx-quest:not([data-ready])").forEach(start);
})();
