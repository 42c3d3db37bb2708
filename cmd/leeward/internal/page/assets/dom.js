// Elements, and the one way in which the page changes: what is to be shown is made anew, and what stands there is made equal to
// it, so that focus, selection and opened details stay. Text is only ever text.

const svgSpace = 'http://www.w3.org/2000/svg'

// h makes an element: h('td', {class: 'number'}, 'text', element). Functions are handlers; null and false are left out.
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children)

// s makes an element of a drawing.
export const s = (tag, attributes, ...children) => fill(document.createElementNS(svgSpace, tag), attributes, children)

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') element[name] = value
    else if (value === true) element.setAttribute(name, '')
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value)
  }
  element.append(...nodes(children))
  return element
}

function nodes(list) {
  return list.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false && c !== '')
    .map(c => (c instanceof Node ? c : document.createTextNode(String(c))))
}

const key = node => node.dataset?.key

const alike = (have, want) => have.nodeType === want.nodeType && have.nodeName === want.nodeName && key(have) === key(want)

// patch makes the children of an element equal to others. Those with a data-key are known again wherever they stand.
export function patch(element, ...children) {
  const keyed = new Map()
  for (const child of element.children) if (key(child)) keyed.set(key(child), child)
  let at = element.firstChild
  for (const want of nodes(children)) {
    const have = key(want) ? keyed.get(key(want)) : at
    if (!have || !alike(have, want)) {
      element.insertBefore(want, at)
      continue
    }
    if (have === at) at = at.nextSibling
    else element.insertBefore(have, at)
    become(have, want)
  }
  while (at) {
    const next = at.nextSibling
    at.remove()
    at = next
  }
}

// Handlers that elements of this page have.
const handlers = ['onclick', 'ontoggle']

function become(have, want) {
  if (have.nodeType !== Node.ELEMENT_NODE) {
    if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue
    return
  }
  for (const { name, value } of [...want.attributes]) if (have.getAttribute(name) !== value) have.setAttribute(name, value)
  for (const { name } of [...have.attributes]) if (!want.hasAttribute(name) && name !== 'open') have.removeAttribute(name)
  for (const name of handlers) if (have[name] !== want[name]) have[name] = want[name]
  patch(have, ...want.childNodes)
}

export const $ = id => document.getElementById(id)

// table makes a table: heads are words, or {words, class}; rows are {key, cells} with cells that are children, or {class, of}.
// The first cell of a row is its head. It scrolls sideways by itself where it is too wide.
export function table(caption, heads, rows) {
  const head = of => h('th', { scope: 'col', class: of.class }, of.words ?? of)
  const cell = (of, i, row) => {
    const wrapped = of !== null && typeof of === 'object' && 'of' in of && !(of instanceof Node)
    const children = wrapped ? of.of : of
    return i === 0 ? h('th', { scope: 'row', class: wrapped && of.class }, children) : h('td', { class: wrapped && of.class }, children)
  }
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', null, h('caption', null, caption), h('thead', null, h('tr', null, heads.map(head))),
      h('tbody', null, rows.map(row => h('tr', { 'data-key': row.key, class: row.class }, row.cells.map(cell))))))
}
