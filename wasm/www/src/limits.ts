/** Bounds on everything that comes from outside, in bytes unless said otherwise. Files are measured before they are read. */
export const LIMITS = {
  /** A proof, an epoch, or text that holds one: the largest known (halo2 as JSON) is below 64 KiB. */
  document: 1 << 20,
  /** A verifying key; the largest known is 52 KiB. */
  key: 4 << 20,
  /** A picture's file. */
  picture: 16 << 20,
  /** A list of paid nullifiers: some 200,000 of them. */
  spent: 16 << 20,
  /** The larger side to which a picture is scaled down before it is searched, in pixels. */
  pictureSide: 2048,
  /** Pixels of a picture before scaling, by what its file says: a quarter of the bytes that decoding it takes. */
  pictureArea: 50_000_000,
  /** Its larger side, likewise. */
  pictureEdge: 16_384,
  /** Proofs in a link or a QR code. */
  linked: 8,
  /** Proofs at once. */
  proofs: 500,
  /** Epoch files at once. */
  epochs: 100,
  /** Keys given by the user. */
  keys: 50,
  /** Files in one go. */
  files: 1000,
  /** Messages kept on the page. */
  notices: 6,
} as const;

/** No file can be larger than this, whatever it holds. */
export const LARGEST = Math.max(LIMITS.document, LIMITS.key, LIMITS.picture, LIMITS.spent);
