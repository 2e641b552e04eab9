/** Where something came from, and what may come from there. */

export interface Source {
  /**
   * `file`: one that the user dropped, chose or pasted. `text`: pasted or dropped. `link` and `code` (a QR code): whoever made them has
   * decided what is in them. `page`: an example that lies beside this page.
   */
  kind: "file" | "text" | "link" | "code" | "page";
  /** The file's name, or how it came: what a message about it begins with. */
  name: string;
}

/** The link that the page was opened with. */
export const ADDRESS: Source = { kind: "link", name: "This link" };

/**
 * Whether epochs, keys and paid claims are taken from there. From anywhere else, whoever hands in a proof could bring along what it
 * is compared with, and any proof would be due.
 */
export const isOwn = ({ kind }: Source): boolean => kind === "file" || kind === "page";
