/**
 * How large a picture is, by what its file says: a few hundred bytes can ask for gigabytes, so this is looked at before anything is
 * decoded. Stricter than decoders are, lest one find another size behind what is skipped here.
 */

interface Size {
  width: number;
  height: number;
}

/** In pixels; null where the file does not say, is cut off before it does, or says none. */
export function dimensions(bytes: Uint8Array): Size | null {
  try {
    const size = stated(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return size && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    // Read beyond the end.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function stated(file: DataView): Size | null {
  switch (file.getUint16(0)) {
    case 0x8950:
      return png(file);
    case 0x4749:
      return gif(file);
    case 0xffd8:
      return jpeg(file);
    case 0x424d:
      return bmp(file);
    case 0x5249:
      return webp(file);
    default:
      return null;
  }
}

function png(file: DataView): Size | null {
  return file.getUint32(12) === tag("IHDR") ? { width: file.getUint32(16), height: file.getUint32(20) } : null;
}

/** The screen or the first frame, whichever is larger: decoders make room for both. */
function gif(file: DataView): Size | null {
  let at = 13 + table(file.getUint8(10));
  while (file.getUint8(at) === 0x21) {
    at += 2;
    for (let length = file.getUint8(at); length > 0; length = file.getUint8(at)) at += length + 1;
    at += 1;
  }
  if (file.getUint8(at) !== 0x2c) return null;
  const [left, top, width, height] = [1, 3, 5, 7].map((offset) => file.getUint16(at + offset, true)) as [number, number, number, number];
  return {
    width: Math.max(file.getUint16(6, true), left + width),
    height: Math.max(file.getUint16(8, true), top + height),
  };
}

/** Bytes of a table of colours. */
const table = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);

/** The first frame header, after segments that are skipped by their length. */
function jpeg(file: DataView): Size | null {
  let at = 2;
  for (;;) {
    if (file.getUint8(at) !== 0xff) return null;
    const marker = file.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: file.getUint16(at + 7), height: file.getUint16(at + 5) };
    } else if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda)) {
      // No segment, or the picture itself, which has to come after a frame header.
      return null;
    } else {
      at += 2 + Math.max(2, file.getUint16(at + 2));
    }
  }
}

function bmp(file: DataView): Size {
  const old = file.getUint32(14, true) === 12;
  return old
    ? { width: file.getUint16(18, true), height: file.getUint16(20, true) }
    : { width: Math.abs(file.getInt32(18, true)), height: Math.abs(file.getInt32(22, true)) };
}

function webp(file: DataView): Size | null {
  const uint24 = (at: number): number => file.getUint16(at, true) | (file.getUint8(at + 2) << 16);
  switch (file.getUint32(12)) {
    case tag("VP8X"):
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    case tag("VP8L"): {
      const bits = file.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case tag("VP8 "):
      return { width: file.getUint16(26, true) & 0x3fff, height: file.getUint16(28, true) & 0x3fff };
    default:
      return null;
  }
}

/** Four letters as a big-endian number. */
const tag = (letters: string): number => [...letters].reduce((number, letter) => number * 256 + letter.charCodeAt(0), 0);
