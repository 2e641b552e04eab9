/** Reading a QR code with the camera. Frames go to the worker and nowhere else. */

import type { Checker } from "../checker.ts";
import { byId } from "../dom.ts";

const PAUSE_MS = 200;

export const hasCamera = (): boolean => typeof navigator.mediaDevices?.getUserMedia === "function";

/** Resolves with the code's text, or null when the dialog was closed. Rejects when there is no camera to use. */
export async function scan(checker: Checker): Promise<string | null> {
  const dialog = byId<HTMLDialogElement>("camera-dialog");
  const video = byId<HTMLVideoElement>("camera-video");
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  try {
    video.srcObject = stream;
    await video.play();
    dialog.showModal();
    while (dialog.open) {
      const picture = await frame(video);
      const { text } = picture ? await checker.call("picture", { picture }) : { text: null };
      if (text !== null && dialog.open) return text;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return null;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    dialog.close();
  }
}

async function frame(video: HTMLVideoElement): Promise<Blob | null> {
  if (video.videoWidth === 0) return null;
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
}
