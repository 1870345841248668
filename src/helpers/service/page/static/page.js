// The page: five parts, each of which looks after itself.
import { startChat } from "./chat.js";
import { keep, startKept } from "./kept.js";
import { startPad } from "./pad.js";
import { startPhoto } from "./photo.js";
import { startSamples } from "./samples.js";

startPad();
startPhoto(keep);
startSamples();
startKept();
startChat();
