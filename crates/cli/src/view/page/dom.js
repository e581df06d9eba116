// Making elements. Text from the data is only ever set as text, never parsed.

/** An element with properties and children; `data` and `aria-` names become attributes. */
function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const find = (selector) => document.querySelector(selector);

/** Radio buttons in a row: the browser brings the keyboard and the announcements. */
function segments(fieldset, choices, chosen, onChoice) {
  const legend = fieldset.querySelector('legend');
  const buttons = choices.map(({ value, label, swatch }) => {
    const input = el('input', {
      type: 'radio', name: fieldset.id, value, checked: value === chosen,
      onchange: () => onChoice(value),
    });
    return el('label', {}, input, el('span', {}, swatch ?? null, label));
  });
  fieldset.replaceChildren(legend, ...buttons);
}

/** The small square that ties a text to a line of a chart. */
function swatch(line) {
  const square = el('i', { className: 'swatch', 'aria-hidden': 'true' });
  square.style.setProperty('--line', `var(${line.color})`);
  if (line.run > 0) square.classList.add('dashed');
  return square;
}
