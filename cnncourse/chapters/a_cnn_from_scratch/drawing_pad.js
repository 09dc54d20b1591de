(() => {
  "use strict";
  // A pad of 28 × 28 cells. What is drawn is written, as hexadecimal grey levels, into the hidden text field
  // of a widget, which carries it to the kernel. All pads on the page that are not running yet are started.
  const SIDE = 28;
  const REACH = 1.7; // of the pen, in cells
  const SOFT = 0.9; // width of its soft edge
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const start = (root) => {
    const canvas = root.querySelector("canvas");
    const context = canvas.getContext("2d");
    const said = root.querySelector(".cnx-pad-said");
    const cells = new Uint8Array(SIDE * SIDE);
    const size = canvas.width / SIDE;
    const cursor = { x: 14, y: 14, down: false };
    let last = null;
    let waiting = 0;

    const paint = () => {
      cells.forEach((level, place) => {
        context.fillStyle = `rgb(${level}, ${level}, ${level})`;
        context.fillRect((place % SIDE) * size, Math.floor(place / SIDE) * size, size, size);
      });
      if (document.activeElement === canvas && last === null) {
        context.lineWidth = 2;
        context.strokeStyle = cursor.down ? "#e69f00" : "#56b4e9";
        context.strokeRect(cursor.x * size + 1, cursor.y * size + 1, size - 2, size - 2);
      }
    };

    const send = (tries = 50) => {
      const field = document.querySelector(`.${root.dataset.field} textarea`);
      if (field === null) {
        // The widget comes a little later than this script, and not at all without a kernel.
        if (tries > 0) waiting = setTimeout(() => send(tries - 1), 200);
        else said.textContent = "This pad reaches no kernel. Run its cell again; if that does not help, use JupyterLab.";
        return;
      }
      field.value = Array.from(cells, (level) => level.toString(16).padStart(2, "0")).join("");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };

    const ask = () => {
      clearTimeout(waiting);
      waiting = setTimeout(send, 150);
    };

    const dab = (x, y) => {
      for (let row = 0; row < SIDE; row += 1) {
        for (let column = 0; column < SIDE; column += 1) {
          const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
          const level = Math.round(255 * Math.min(1, Math.max(0, (REACH - distance) / SOFT)));
          const place = SIDE * row + column;
          cells[place] = Math.max(cells[place], level);
        }
      }
    };

    const stroke = (from, to) => {
      const steps = 1 + Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 0.3);
      for (let i = 0; i <= steps; i += 1) {
        dab(from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps);
      }
      paint();
      ask();
    };

    const clear = () => {
      cells.fill(0);
      cursor.down = false;
      said.textContent = "Cleared.";
      paint();
      ask();
    };

    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return {
        x: ((event.clientX - box.left) / box.width) * SIDE,
        y: ((event.clientY - box.top) / box.height) * SIDE,
      };
    };

    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      last = at(event);
      stroke(last, last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (last === null) return;
      const here = at(event);
      stroke(last, here);
      last = here;
    });
    const lift = () => {
      last = null;
      paint();
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("focus", paint);
    canvas.addEventListener("blur", paint);

    const centre = () => ({ x: cursor.x + 0.5, y: cursor.y + 0.5 });
    canvas.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (move) {
        const before = centre();
        cursor.x = Math.min(SIDE - 1, Math.max(0, cursor.x + move[0]));
        cursor.y = Math.min(SIDE - 1, Math.max(0, cursor.y + move[1]));
        if (cursor.down) stroke(before, centre());
      } else if (event.key === " ") {
        cursor.down = !cursor.down;
        if (cursor.down) stroke(centre(), centre());
      } else if (event.key === "Delete" || event.key === "Backspace") {
        clear();
        event.preventDefault();
        return;
      } else {
        return;
      }
      event.preventDefault();
      said.textContent = `row ${cursor.y + 1}, column ${cursor.x + 1}, pen ${cursor.down ? "down" : "up"}`;
      paint();
    });
    // JupyterLab would take them as commands: D pressed twice deletes the cell. Those with Ctrl and the like pass.
    root.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey) event.stopPropagation();
    });
    root.querySelector("button").addEventListener("click", clear);
    paint();
  };

  for (const root of document.querySelectorAll(".cnx-pad:not([data-running])")) {
    root.dataset.running = "yes";
    start(root);
  }
})();
