/** QR codes in pictures. */

import { decodeQR } from "qr/decode.js";

import { LIMITS } from "../limits.ts";
import { CodedError } from "../types.ts";
import { dimensions } from "./dimensions.ts";

const UNREADABLE = "the browser cannot read this picture; perhaps it is damaged";

/** The text of the picture's QR code, or null if none is found. Throws a [`CodedError`] for what is no picture, or too large a one. */
export async function readPicture(picture: Blob): Promise<string | null> {
  if (picture.size > LIMITS.picture) throw new CodedError("picture", "the file is larger than a picture can be");
  // What was measured is what is decoded, also where the file changes meanwhile.
  const bytes = new Uint8Array(await picture.arrayBuffer());
  const size = dimensions(bytes);
  if (!size) throw new CodedError("picture", UNREADABLE);
  const { width, height } = size;
  if (width * height > LIMITS.pictureArea || Math.max(width, height) > LIMITS.pictureEdge) {
    throw new CodedError("picture", `a picture of ${width} × ${height} pixels is too large: cut the QR code out of it`);
  }
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes]));
  } catch {
    throw new CodedError("picture", UNREADABLE);
  }
  try {
    return search(bitmap);
  } finally {
    bitmap.close();
  }
}

function search(bitmap: ImageBitmap): string | null {
  const scale = Math.min(1, LIMITS.pictureSide / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new CodedError("picture", "this browser cannot draw pictures in a worker");
  // Transparent pictures are drawn on paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  try {
    return decodeQR(context.getImageData(0, 0, width, height), { effort: 4, timeLimit: 3000 });
  } catch {
    return null;
  }
}
