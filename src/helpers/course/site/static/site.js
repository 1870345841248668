// The widgets' sheet asks, as in JupyterLab, whether the page is light: Furo says it by its theme.
const dark = matchMedia("(prefers-color-scheme: dark)");

function tellWidgets() {
  const { theme } = document.body.dataset;
  const isDark = theme === "dark" || (theme !== "light" && dark.matches);
  document.body.dataset.jpThemeLight = String(!isDark);
}

tellWidgets();
dark.addEventListener("change", tellWidgets);
new MutationObserver(tellWidgets).observe(document.body, { attributeFilter: ["data-theme"] });

// The switch of the language keeps the place: a section has the same anchor in both languages.
const sections = [...document.querySelectorAll("article section section[id]")];
for (const link of document.querySelectorAll(".annyeong-language"))
  link.addEventListener("click", () => {
    const seen = sections.findLast((one) => one.getBoundingClientRect().top < innerHeight / 3);
    link.hash = seen?.id ?? "";
  });
