/** Pictures to work on: made ones, and the reader's own by file, drop, paste or camera. Nothing leaves the page. */

const SIDE = 168;

const rows = (at, side = SIDE) =>
  Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => at(x, y)));

/** @type {Record<string, () => number[][]>} */
export const MADE = {
  edge: () => rows((x) => (x < SIDE / 2 ? 0 : 255)),
  shapes: () =>
    rows((x, y) => {
      if (Math.hypot(x - 52, y - 52) < 34) return 235;
      if (x > 100 && x < 150 && y > 20 && y < 84) return 150;
      if (y > 110 && y < 150 && x > 18 && x < 150) return Math.floor((x - 18) / 11) % 2 ? 220 : 60;
      return Math.abs(x - y - 40) < 3 ? 255 : 30;
    }),
  blank: () => rows(() => 0),
};

/** Draws anything drawable into at most 168 points a side and reads its grey levels. */
function greyOf(source, width, height) {
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const [columns, lines] = [width, height].map((size) => Math.max(8, Math.round(size * scale)));
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: lines });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff"; // behind transparent places
  context.fillRect(0, 0, columns, lines);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, columns, lines);
  const { data } = context.getImageData(0, 0, columns, lines);
  return Array.from({ length: lines }, (_, y) =>
    Array.from({ length: columns }, (_, x) => {
      const i = 4 * (y * columns + x);
      return Math.round(0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2]);
    }),
  );
}

/** Reads a picture file as grey levels. @param {Blob} file @returns {Promise<number[][]>} */
export async function readFile(file) {
  const name = file.name ? `“${file.name}”` : "what you pasted";
  if (!file.type.startsWith("image/"))
    throw new Error(`${name} is not a picture. Take a PNG, JPEG, WebP or SVG file.`);
  const url = URL.createObjectURL(file);
  try {
    // By way of an image element: it reads SVG too, turns photographs upright, and a huge one is scaled as it is drawn.
    const image = Object.assign(new Image(), { src: url });
    await image.decode();
    // An SVG may come without a size of its own.
    return greyOf(image, image.naturalWidth || SIDE, image.naturalHeight || SIDE);
  } catch {
    throw new Error(
      `${name} cannot be read as a picture: the file is broken, too large, or of a kind this browser does not know.`,
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Takes one picture; the browser asks whether it may. @returns {Promise<number[][]>} */
export async function takePicture() {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new Error("This page may not use a camera here. Choose a file instead.");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const video = Object.assign(document.createElement("video"), {
      srcObject: stream,
      muted: true,
      playsInline: true,
    });
    await video.play();
    await new Promise((resolve) => setTimeout(resolve, 500)); // the first frames are dark
    return greyOf(video, video.videoWidth, video.videoHeight);
  } catch (error) {
    const why = error.name === "NotAllowedError" ? "was not allowed" : "could not be used";
    throw new Error(`The camera ${why}. Choose a file instead.`);
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
  }
}

/**
 * Lets the reader drop or paste a picture. @param {HTMLElement} home @param {(file: Blob) => void} given
 */
export function acceptPictures(home, given) {
  const first = (files) => [...(files ?? [])][0];
  home.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
  home.addEventListener("drop", (event) => {
    const file = first(event.dataTransfer.files);
    if (file === undefined) return;
    event.preventDefault();
    given(file);
  });
  // Within the explorer only: elsewhere a paste is none of its business.
  home.addEventListener("paste", (event) => {
    const file = first(event.clipboardData?.files);
    if (file === undefined) return;
    event.preventDefault();
    given(file);
  });
}

/** Puts a round dab of ink on a picture and returns the new one. */
export function dab(image, row, column, ink) {
  const reach = Math.max(1, Math.max(image.length, image[0].length) / 60);
  return image.map((line, y) =>
    Math.abs(y - row) > reach + 1
      ? line
      : line.map((level, x) => {
          const share = Math.max(0, Math.min(1, reach + 0.5 - Math.hypot(y - row, x - column)));
          return Math.round(level + (ink - level) * share);
        }),
  );
}
