// Queries a second of the node that is asked: now, of late as a line, and what was answered.

import { h, s, patch } from './dom.js'
import { rate, span } from './words.js'

const wide = 300
const high = 60

export function drawRates(world, into) {
  const r = world.rates
  if (!r) return
  const rcodes = Object.entries(r.rcodes).sort((a, b) => b[1] - a[1])
  patch(into, h('p', { class: 'figure' }, h('b', null, rate(r.queries)), ` queries a second to ${r.node}`, h('span', { class: 'quiet' }, `, ${rate(r.steered)} steered${r.dropped ? `, ${rate(r.dropped)} dropped` : ''}`)),
    line(r), h('p', { class: 'quiet' }, `At most ${rate(Math.max(0, ...r.history))} in the last ${over(r)}.`), h('p', { class: 'quiet' }, rcodes.length ? `Answers a second: ${rcodes.map(([word, n]) => `${word} ${rate(n)}`).join(', ')}.` : 'Nobody asks at present.'))
}

const over = r => span(r.history.length * r.every_seconds * 1000)

function line(r) {
  const top = Math.max(1, ...r.history)
  const step = wide / 89
  const points = r.history.map((q, i) => `${(wide - (r.history.length - 1 - i) * step).toFixed(1)},${(high - 2 - (q / top) * (high - 6)).toFixed(1)}`)
  return s('svg', { class: 'spark', viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `Queries a second in the last ${over(r)}` },
    s('path', { class: 'ground', d: `M0 ${high - 1}L${wide} ${high - 1}` }), points.length > 1 && s('polyline', { points: points.join(' ') }))
}
