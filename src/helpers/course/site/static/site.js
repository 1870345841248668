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

// The switch of the language keeps the place: the section that is being read, which is the same
// one in both languages, counted from the top.
const sections = [...document.querySelectorAll("article section[id]")];
const wanted = new URLSearchParams(location.search).get("section");
if (wanted) sections[Number(wanted)]?.scrollIntoView({ behavior: "instant" });
document.querySelector(".annyeong-language")?.addEventListener("click", ({ currentTarget }) => {
  const seen = sections.findLastIndex((one) => one.getBoundingClientRect().top < innerHeight / 3);
  if (seen > 0) currentTarget.search = `?section=${seen}`;
});
