// What the course adds to JupyterLab, as an extension of it, written as its build tools would:
// exercises are marked, everything in a notebook has a name, widgets are kept in it, one goes from
// lesson to lesson in the same tab, and a link to a section arrives there.
(() => {
  const here = new URL(document.currentScript.src);
  const LANG = here.searchParams.get("lang");
  const WORDS = {
    en: {
      exercise: "Exercise",
      code: "Code",
      picture: "A picture that this cell has drawn",
      fold: "Fold or unfold this section",
      still: "Run this cell to move it yourself. Shown here: ",
    },
    ko: {
      exercise: "연습 문제",
      code: "코드",
      picture: "이 셀이 그린 그림",
      fold: "이 절을 접거나 펼치기",
      still: "이 셀을 실행하면 직접 움직여 볼 수 있습니다. 지금 그림: ",
    },
  }[LANG];
  const TEXT = ".jp-RenderedMarkdown, .jp-RenderedHTML";
  const LONGEST = 40; // letters of code that stay on one line
  const LOOSE = /(?<=[가-힣])(?=\()|(?<=[)\]}%"'-])(?=[가-힣])/g; // where Korean must not break
  const held = new WeakSet(); // of texts, by what they begin with: a text is drawn anew when it changes
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const STATE = "application/vnd.jupyter.widget-state+json";
  const EXPLORER = "application/vnd.annyeong.explorer+json";

  // On a hub JupyterLab is opened above the folder of the learner's copies.
  const isHome = (path) => /^home\.ipynb$|(^|\/)(annyeong|work)\/(en|ko)\/home\.ipynb$/.test(path);

  function activate(app) {
    const sheet = document.createElement("link");
    Object.assign(sheet, { rel: "stylesheet", href: new URL("widgets.css" + here.search, here) });
    document.head.append(sheet);
    document.documentElement.lang = LANG;
    leadOnInTheSameTab(app);
    arriveAtHeadings(app);
    app.docRegistry.addWidgetExtension("Notebook", {
      createNew(panel, context) {
        keepWidgets(context);
        if (isHome(context.path)) renewHome(app, panel);
        return markCells(panel);
      },
    });
  }

  /**
   * Close the page that is left by a link of the home page or of a lesson's line of links.
   *
   * Its kernel goes on for a while, for those who come back, until JupyterLab ends it.
   */
  function leadOnInTheSameTab(app) {
    const { shell } = app;
    function isOnTheWay(panel, link) {
      if (isHome(panel?.context?.path)) return true;
      const cell = panel?.content?.widgets?.find(({ node }) => node.contains(link));
      return (cell?.model.getMetadata("tags") ?? []).includes("navigation");
    }
    document.addEventListener(
      "click",
      ({ target, ctrlKey, metaKey }) => {
        const link = target.closest?.("a[href$='.ipynb'], a[href*='.ipynb?']");
        const left = shell.currentWidget;
        if (!link || ctrlKey || metaKey || !isOnTheWay(left, link)) return;
        shell.currentChanged.connect(async function leave(_, { newValue }) {
          if (!newValue || newValue === left) return;
          shell.currentChanged.disconnect(leave);
          // Unless another way was taken meanwhile.
          if (!link.pathname.endsWith(`/${newValue.context?.path}`)) return;
          if (left.context.model.dirty) await left.context.save();
          left.close();
        });
      },
      true,
    );
  }

  /**
   * Show the heading that a link to another notebook names.
   *
   * JupyterLab looks for it once, before a notebook that it opens has drawn its text.
   */
  function arriveAtHeadings({ shell }) {
    document.addEventListener(
      "click",
      ({ target }) => {
        const link = target.closest?.("a[href*='.ipynb'][href*='#']");
        const left = shell.currentWidget;
        if (!link) return;
        const heading = CSS.escape(decodeURIComponent(link.hash.slice(1)));
        shell.currentChanged.connect(async function arrive(_, { newValue }) {
          if (!newValue || newValue === left) return;
          shell.currentChanged.disconnect(arrive);
          if (!link.pathname.endsWith(`/${newValue.context?.path}`)) return;
          for (let tries = 0; tries < 100; tries++) {
            const found = newValue.node.querySelector(`[data-jupyter-id="${heading}"]`);
            if (found) return void found.scrollIntoView();
            await new Promise((done) => setTimeout(done, 100));
          }
        });
      },
      true,
    );
  }

  /** Show on the home page what was passed since it was laid out, and the questions of the day. */
  async function renewHome(app, panel) {
    await panel.context.ready;
    await panel.sessionContext.ready;
    const kernel = panel.sessionContext.session?.kernel;
    await kernel?.info;
    // What is shown goes when the cell starts: load what takes long before.
    const code = "import helpers.course.home, helpers.course.review";
    await kernel?.requestExecute({ code, silent: true }).done;
    if (app.shell.currentWidget !== panel) return;
    await app.commands.execute("notebook:run-all-cells");
    panel.content.activeCellIndex = 0;
  }

  /** Keep short code on one line; in Korean, brackets with the words that stand at them. */
  function holdTogether(text) {
    if (held.has(text.firstChild)) return;
    held.add(text.firstChild);
    for (const code of text.querySelectorAll(":not(pre) > code"))
      code.classList.toggle("annyeong-whole", code.textContent.length <= LONGEST);
    if (LANG !== "ko") return;
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let before = ""; walker.nextNode(); ) {
      const { currentNode: node } = walker;
      const after = node.data.at(-1);
      if (!node.parentElement.closest("code, pre, mjx-container"))
        node.data = (before + node.data).replace(LOOSE, "\u2060").slice(before.length);
      before = after;
    }
  }

  /** Mark exercises; give each picture the alternative text of its cell, and all else a name. */
  function markCells(panel) {
    let waiting = false;
    function mark() {
      waiting = false;
      for (const { model, node } of panel.content.widgets) {
        node.setAttribute("role", "article"); // as the list that it is in, a feed, demands
        for (const button of node.querySelectorAll(".jp-collapseHeadingButton"))
          button.ariaLabel = WORDS.fold;
        for (const text of node.querySelectorAll(TEXT)) holdTogether(text);
        if (model.type !== "code") continue;
        const isExercise = (model.getMetadata("tags") ?? []).includes("exercise");
        node.classList.toggle("annyeong-exercise", isExercise);
        const prompt = node.querySelector(".jp-InputArea-editor");
        if (isExercise && prompt) prompt.dataset.annyeong = WORDS.exercise;
        for (const editor of node.querySelectorAll(".cm-content:not([aria-label])"))
          editor.setAttribute("aria-label", isExercise ? WORDS.exercise : WORDS.code);
        for (const picture of node.querySelectorAll(".jp-OutputArea-output img:not([alt])"))
          picture.alt = model.getMetadata("alt") ?? WORDS.picture;
        sayWhatIsStill(model, node);
      }
    }
    const observer = new MutationObserver(() => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    });
    observer.observe(panel.content.node, { childList: true, subtree: true });
    return { isDisposed: false, dispose: () => observer.disconnect() };
  }

  /** Under the picture of a widget that has not run yet, say so and what it shows. */
  function sayWhatIsStill({ outputs }, node) {
    for (const [place, area] of node.querySelectorAll(".jp-OutputArea-output").entries()) {
      const data = outputs.get(place)?.data ?? {};
      const text = data["text/plain"] ?? "<"; // a picture that is no widget's: <Figure ...>
      if (VIEW in data || !("image/png" in data) || text.startsWith("<"))
        delete area.dataset.annyeong;
      else if (EXPLORER in data) area.dataset.annyeong = WORDS.still + text.replace("Explorer: ", "");
      else area.dataset.annyeong = text;
    }
  }

  /**
   * Keep the state of the widgets that the page shows, and of no others, in the notebook.
   *
   * At each save JupyterLab's widget manager writes the state of all widgets of the kernel: also
   * of those whose cell has been run again, and no longer of those that an earlier kernel made.
   */
  function keepWidgets(context) {
    const { model } = context;
    let kept = {};
    const read = () => model.getMetadata("widgets")?.[STATE]?.state ?? {};
    function keep() {
      const known = { ...kept, ...read() };
      kept = {};
      const waiting = shownIn(model);
      for (const id of waiting) {
        if (id in kept || !(id in known)) continue;
        kept[id] = known[id];
        // A widget names the widgets that it consists of.
        for (const [, part] of JSON.stringify(known[id].state).matchAll(/"IPY_MODEL_(\w+)"/g))
          waiting.push(part);
      }
      if (Object.keys(kept).length === 0) model.deleteMetadata("widgets");
      else
        model.setMetadata("widgets", {
          [STATE]: { version_major: 2, version_minor: 0, state: kept },
        });
    }
    let isOurs = false;
    context.ready.then(() => {
      kept = read();
      model.metadataChanged.connect((_, { key }) => {
        if (key !== "widgets" || isOurs) return;
        isOurs = true;
        keep();
        isOurs = false;
      });
    });
    // The last moment at which the manager knows what the widgets of this kernel show.
    context.sessionContext.statusChanged.connect((_, status) => {
      if (status === "restarting") context.save();
    });
  }

  function shownIn(model) {
    const ids = [];
    for (const cell of model.cells) {
      if (cell.type !== "code") continue;
      for (let i = 0; i < cell.outputs.length; i++) {
        const view = cell.outputs.get(i).data[VIEW];
        if (view) ids.push(view.model_id);
      }
    }
    return ids;
  }

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB.annyeong = {
    init() {},
    get: async () => () => ({ id: "annyeong:lessons", autoStart: true, activate }),
  };
})();
