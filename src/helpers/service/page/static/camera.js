// A picture from the camera, where the browser has one to give.
import { $ } from "./elements.js";
import { Problem } from "./service.js";
import { say } from "./words.js";

const panel = $("#camera");
const video = $("video", panel);

/** Show what the camera sees. */
export async function openCamera() {
  // Browsers hide the camera from pages that came over plain http.
  if (!navigator.mediaDevices?.getUserMedia) throw new Problem(say("no_camera"));
  stop();
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 } },
    });
  } catch (error) {
    throw new Problem(say(error.name === "NotAllowedError" ? "camera_refused" : "camera_missing"));
  }
  await video.play(); // there is a picture to take from now on
  panel.hidden = false;
  $("#shoot").focus();
}

/** Take one picture, as a JPEG. */
export function shoot() {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d").drawImage(video, 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
}

export function closeCamera() {
  stop();
  panel.hidden = true;
  $("#camera-open").focus();
}

function stop() {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
}
