/** What the kernel lab shows: picture and response, the sum at one window, the controls, and the pictures to make. */
import { choice, make, switches } from "../../../../course/live/dom.js";
import { numberText, paint, palette } from "../../../../course/live/draw.js";
import { makeChallenge } from "./challenge.js";
import { resized } from "./levels.js";
import { acceptPictures, dab, MADE, readFile, takePicture } from "./pictures.js";
import { makeSum } from "./sum.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const PICTURES = [
  ["given", "Photograph"],
  ["edge", "An edge"],
  ["shapes", "Shapes"],
  ["blank", "Black, to draw on"],
  ["own", "Your own"],
];
const total = (kernel) => kernel.flat().reduce((sum, weight) => sum + weight, 0);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The place of the strongest response: a window worth looking at first. */
function strongest({ data, shape }) {
  const best = data.reduce((place, value, i) => (Math.abs(value) > Math.abs(data[place]) ? i : place), 0);
  return { row: Math.floor(best / shape[1]), column: best % shape[1] };
}

/** A picture with its heading and a frame that can be laid on it. */
function stage(title, label) {
  const canvas = make("canvas", {
    tabindex: 0,
    role: "application",
    "aria-label": label,
  });
  const frame = make("div", { class: "cnl-frame" });
  const note = make("span");
  const element = make(
    "figure",
    {},
    make("figcaption", {}, title, note),
    make("div", { class: "cnl-stage" }, canvas, frame),
  );
  const mark = (row, column, height, width) => {
    const [rows, columns] = [canvas.height, canvas.width];
    Object.assign(frame.style, {
      top: `${(100 * row) / rows}%`,
      left: `${(100 * column) / columns}%`,
      height: `${(100 * height) / rows}%`,
      width: `${(100 * width) / columns}%`,
    });
  };
  return { canvas, element, note, mark };
}

/** @param {HTMLElement} root @param {import("../../../../course/live/explorer.js").Explorer} explorer */
export function view(root, explorer, compute) {
  const { kernels, levels, title } = explorer.constants;
  const given = explorer.now.image;
  const at = strongest(explorer.values.output);
  let [pen, colours] = ["off", "auto"];
  const set = (partial) => explorer.set(partial).catch((error) => explorer.complain(error.message));

  const before = stage(
    "Picture",
    "The picture. The arrow keys move the window, with Shift by ten; with a pen on, the space bar draws.",
  );
  const after = stage("Response", "The response. The arrow keys move the window, with Shift by ten.");
  const sum = makeSum((row, column, weight) => {
    const kernel = explorer.now.kernel.map((line) => [...line]);
    kernel[row][column] = weight;
    set({ kernel });
  });
  const challenge = makeChallenge(levels, compute, (level) => set({ level }));

  const preset = choice(
    "Kernel",
    [["", "your own"], ...Object.keys(kernels).map((name) => [name, name])],
    (name) => {
      colours = "auto";
      if (name !== "") set({ kernel: kernels[name] });
    },
  );
  const sides = switches(
    "Size of the kernel",
    [
      ["3", "3 × 3"],
      ["5", "5 × 5"],
    ],
    (side) => set({ kernel: resized(explorer.now.kernel, Number(side)) }),
  );
  const shades = switches(
    "Colours of the response",
    [
      ["signed", "Red/blue"],
      ["grey", "Grey"],
    ],
    (value) => {
      colours = value;
      explorer.touch("colours");
    },
  );
  const pens = switches(
    "Pen",
    [
      ["off", "No pen"],
      ["white", "White pen"],
      ["black", "Black pen"],
    ],
    (value) => {
      pen = value;
      pens.show(pen);
      before.canvas.style.touchAction = pen === "off" ? "pan-y" : "none";
    },
  );
  const own = async (reading) => {
    try {
      await set({ image: await reading });
      source.select.value = "own";
      explorer.say("Your picture is there.");
    } catch (error) {
      explorer.complain(error.message);
    }
  };
  const file = make("input", {
    type: "file",
    accept: "image/*",
    hidden: true,
    "aria-label": "A picture of your own",
  });
  file.addEventListener("change", () => {
    if (file.files.length > 0) own(readFile(file.files[0]));
    file.value = "";
  });
  const source = choice("Picture", PICTURES, (name) => {
    if (name === "own") file.click();
    else set({ image: name === "given" ? given : MADE[name]() });
  });
  const button = (text, click) => make("button", { type: "button", class: "cnl-button", click }, text);
  const link = button("Copy link", async () => {
    const address = `${location.href.split("#")[0]}#kernel_lab:${explorer.now.kernel.map((line) => line.join(",")).join("/")}:${explorer.now.level}`;
    try {
      await navigator.clipboard.writeText(address);
      link.textContent = "Copied";
    } catch {
      location.hash = address.split("#")[1]; // without the clipboard the address bar has it
      link.textContent = "See the address";
    }
    setTimeout(() => {
      link.textContent = "Copy link";
    }, 2000);
  });

  root.append(
    make("p", { class: "cnl-title" }, title),
    make("div", { class: "kl-pair" }, before.element, after.element),
    make("div", { class: "kl-bar" }, preset.element, sides.element, source.element, shades.element),
    sum.element,
    challenge.element,
    make(
      "div",
      { class: "kl-foot" },
      pens.element,
      button("File…", () => file.click()),
      button("Camera…", () => own(takePicture())),
      explorer.page ? link : "",
      make("p", { class: "cnl-muted" }, "You can also drop or paste a picture here. It stays in this page."),
    ),
    file,
  );
  acceptPictures(explorer.home, (blob) => own(readFile(blob)));
  pens.show(pen);
  listen();
  if (explorer.page) readLink();

  /** The window's top left corner, where the pointer is. */
  function place(canvas, event, margin) {
    const box = canvas.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
    const column = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
    return { pixel: [row, column], corner: [row - margin[0], column - margin[1]] };
  }

  function look(row, column) {
    const [rows, columns] = explorer.values.output.shape;
    at.row = Math.max(0, Math.min(rows - 1, row));
    at.column = Math.max(0, Math.min(columns - 1, column));
    showWindow();
  }

  function listen() {
    const half = () =>
      [explorer.now.kernel.length, explorer.now.kernel[0].length].map((side) => Math.floor(side / 2));
    for (const { canvas } of [before, after]) {
      const picture = canvas === before.canvas;
      const follow = (event) => {
        const { pixel, corner } = place(canvas, event, picture ? half() : [0, 0]);
        look(...corner);
        if (picture && pen !== "off" && event.buttons > 0) ink(...pixel);
      };
      canvas.addEventListener("pointermove", follow);
      canvas.addEventListener("pointerdown", follow);
      canvas.addEventListener("keydown", (event) => {
        const move = MOVES[event.key];
        const [down, along] = half();
        if (move)
          look(at.row + move[0] * (event.shiftKey ? 10 : 1), at.column + move[1] * (event.shiftKey ? 10 : 1));
        else if (event.key === " " && picture && pen !== "off") ink(at.row + down, at.column + along);
        else return;
        event.preventDefault();
        explorer.say(`Row ${at.row + 1}, column ${at.column + 1}: the sum is ${numberText(sum.value)}.`);
      });
    }
  }

  function ink(row, column) {
    set({ image: dab(explorer.now.image, row, column, pen === "white" ? 255 : 0) });
  }

  function readLink() {
    const [name, kernel = "", level] = decodeURIComponent(location.hash.slice(1)).split(":");
    if (name !== "kernel_lab") return;
    const weights = kernel.split("/").map((line) => line.split(",").map(Number));
    set({ kernel: weights, ...(level && { level: Number(level) }) });
  }

  function showWindow() {
    const { kernel, image } = explorer.now;
    const [height, width] = [kernel.length, kernel[0].length];
    const seen = image.slice(at.row, at.row + height).map((line) => line.slice(at.column, at.column + width));
    before.mark(at.row, at.column, height, width);
    after.mark(at.row, at.column, 1, 1);
    sum.show(kernel, seen, palette(root), at);
  }

  return (changed) => {
    const { kernel, image, level } = explorer.now;
    const { output } = explorer.values;
    const [rows, columns] = output.shape;
    const signed = colours === "auto" ? Math.abs(total(kernel)) < 0.05 : colours === "signed";
    const scale = signed ? { colours: palette(root) } : {};
    if (changed.has("image")) paint(before.canvas, image.flat(), image.length, image[0].length);
    paint(after.canvas, output.data, rows, columns, scale);
    for (const { canvas } of [before, after]) {
      canvas.style.aspectRatio = `${image[0].length} / ${image.length}`;
      canvas.style.imageRendering = Math.max(image.length, image[0].length) < 100 ? "pixelated" : "auto";
    }
    const [low, high] = output.data.reduce(
      ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
      [Infinity, -Infinity],
    );
    before.note.textContent = `${image.length} × ${image[0].length}`;
    after.note.replaceChildren(
      make("span", { class: "kl-size" }, `${rows} × ${columns}, `),
      `${numberText(low, 0)} to ${numberText(high, 0)}`,
    );
    preset.select.value = Object.keys(kernels).find((name) => same(kernels[name], kernel)) ?? "";
    sides.show(String(kernel.length));
    shades.show(signed ? "signed" : "grey");
    look(at.row, at.column);
    const verdict = challenge.show(explorer.now, explorer.solved, palette(root));
    if (changed.has("kernel") || changed.has("level")) {
      explorer.say(
        `Level ${level}: ${verdict} The response runs from ${numberText(low, 0)} to ${numberText(high, 0)}.`,
      );
    }
  };
}
