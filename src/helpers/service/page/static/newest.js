/** Make `work` run for the newest call alone: one at a time, what comes meanwhile once after. */
export function newest(work, pause = 0) {
  let isWanted = false;
  let isRunning = false;
  return async () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    try {
      while (isWanted) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        isWanted = false;
        await work();
      }
    } finally {
      isRunning = false;
    }
  };
}
