// Puts the page together, and again whenever the reader chooses something else.

function chooseService(service) {
  choice.service = service;
  if (choice.region !== ALL && !regionsOf(service).includes(choice.region)) choice.region = ALL;
  showChoice();
}

function chooseRow(service, region) {
  Object.assign(choice, { service, region });
  showChoice();
}

/** Everything that follows the picker. */
function showChoice() {
  find('#service').value = choice.service;
  const own = regionsOf(choice.service);
  segments(find('#region'), [
    { value: ALL, label: 'All regions' },
    ...own.map((region) => ({ value: region, label: region })),
  ], choice.region, (region) => { choice.region = region; refresh(); });
  refresh();
}

/** Everything that follows the choice, except for the picker, which has the focus. */
function refresh() {
  listed.most = PAGE;
  showCharts();
  showCauses();
  markRows();
}

function showRuns() {
  find('#run').hidden = runs.length < 2;
  segments(find('#run'), [
    { value: ALL, label: 'All runs' },
    ...runs.map((run) => ({ value: String(run.index), label: run.name })),
  ], choice.run, (run) => { choice.run = run; refresh(); });
}

/** Light, dark, or what the system says. */
function showThemes() {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let chosen = 'auto';
  const wear = () => {
    document.documentElement.dataset.theme = chosen === 'auto' ? (dark.matches ? 'dark' : 'light') : chosen;
    repaint();
  };
  const themes = [['auto', 'Auto'], ['light', 'Light'], ['dark', 'Dark']].map(([value, label]) => ({ value, label }));
  segments(find('#theme'), themes, chosen, (name) => { chosen = name; wear(); });
  dark.addEventListener('change', wear);
  wear();
}

function begin() {
  showFacts();
  showVerdicts();
  showTotals();
  showTable(chooseRow);
  showThemes();
  showRuns();
  find('#service').append(...services.map((service) => el('option', { value: service }, service)));
  find('#service').addEventListener('change', (event) => chooseService(event.target.value));
  find('#reset').addEventListener('click', () => zoom(whole.from, whole.to));
  find('#more').addEventListener('click', () => { listed.most += PAGE; showEvents(); });
  onZoom = () => {
    find('#reset').hidden = choice.from === whole.from && choice.to === whole.to;
    showEvents();
  };
  showChoice();
  watchCharts();
}

begin();
