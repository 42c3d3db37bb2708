// The map: land, upstreams, flows of clients, and colos on top. It is drawn in pixels, so that names are as large on a phone.

import { h, s, patch, $ } from './dom.js'
import { path } from './land.js'
import { projector, around, arc } from './project.js'
import { place } from './labels.js'
import { percent, spoken, marks } from './words.js'
import { moved } from './flows.js'

export function drawMap(world) {
  const colos = world.scene.status.colos
  const pixels = Math.max(300, Math.floor($('map').clientWidth))
  const map = projector(pixels)
  const points = new Map(colos.map(c => [c.name, map.at(c.location)]))
  const layers = [s('path', { class: 'land', d: path, transform: `scale(${map.scale})` })]
  if ($('show-upstreams').checked) layers.push(upstreams(world, points, map))
  layers.push(flows(world, points, map), colosOn(colos, points, map))
  patch($('map'), s('svg', { viewBox: `0 0 ${pixels} ${map.high}`, width: pixels, height: map.high, role: 'img', 'aria-label': words(world) }, layers))
  patch($('legend'), legend(world))
}

// words is the map in a sentence: whoever does not see it has the tables.
function words(world) {
  const bad = world.scene.status.colos.filter(c => c.verdict !== 'up').map(c => `${c.name} ${spoken(c.verdict)}`)
  return `World map of ${world.scene.status.colos.length} colos: ${bad.length ? bad.join(', ') : 'all up'}. The tables below say the same, and more.`
}

// upstreams are lines between the colos that share one: as few as join them all.
function upstreams(world, points, map) {
  const { status } = world.scene
  const lines = []
  status.upstreams.forEach((upstream, i) => {
    const members = status.colos.filter(c => c.uplinks.some(u => u.upstreams.includes(upstream.name))).map(c => c.name)
    const verdict = upstream.verdict === 'failing' ? 'failing' : upstream.verdict === 'drained' ? 'drained' : 'up'
    let longest = null
    for (const [a, b] of tree(members, points)) {
      for (const way of around(points.get(a), points.get(b), map.pixels)) {
        lines.push(s('path', { class: `upstream upstream-${verdict}`, d: shifted(way, i - (status.upstreams.length - 1) / 2) },
          s('title', null, `upstream ${upstream.name}: ${spoken(upstream.verdict)}`)))
        const length = Math.hypot(way[1].x - way[0].x, way[1].y - way[0].y)
        if (!longest || length > longest.length) longest = { way, length }
      }
    }
    if (longest && longest.length > 90 && (verdict !== 'up' || (map.pixels > 500 && status.upstreams.length <= 5))) lines.push(nameOf(upstream, verdict, longest.way, map))
  })
  return s('g', null, lines)
}

function nameOf(upstream, verdict, [a, b], map) {
  const x = Math.min(map.pixels - 40, Math.max(40, (a.x + b.x) / 2))
  return s('text', { class: `upstream-name upstream-name-${verdict}`, x, y: (a.y + b.y) / 2 + (verdict === 'up' ? -5 : 20), 'text-anchor': 'middle' },
    verdict === 'up' ? upstream.name : `${marks[verdict]} ${upstream.name} ${verdict}`)
}

// shifted is a straight line, a little aside, so that upstreams of the same colos lie beside each other.
function shifted([a, b], by) {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1
  const dx = (3 * by * (a.y - b.y)) / length
  const dy = (3 * by * (b.x - a.x)) / length
  const n = x => Math.round(10 * x) / 10
  return `M${n(a.x + dx)} ${n(a.y + dy)}L${n(b.x + dx)} ${n(b.y + dy)}`
}

// tree is the shortest lines that join all colos (Prim).
function tree(names, points) {
  const edges = []
  const joined = names.slice(0, 1)
  const left = new Set(names.slice(1))
  while (left.size) {
    let best = null
    for (const a of joined) {
      for (const b of left) {
        const far = Math.hypot(points.get(a).x - points.get(b).x, points.get(a).y - points.get(b).y)
        if (!best || far < best.far) best = { a, b, far }
      }
    }
    edges.push([best.a, best.b])
    joined.push(best.b)
    left.delete(best.b)
  }
  return edges
}

// flows are clients on their way: those that were moved stand out, and where they went before is dashed.
function flows(world, points, map) {
  const all = world.flows?.flows?.flows ?? []
  const before = $('show-before').checked
  const drawn = []
  for (const flow of all) {
    if (!flow.location) continue
    const from = map.at(flow.location)
    const weight = Math.max(flow.client_share, flow.demand_share)
    const wide = Math.max(0.7, Math.sqrt(weight) * map.pixels * 0.016)
    const away = moved(flow)
    const line = (ends, kind) => ends.colos.filter(c => points.has(c)).flatMap(colo => around(from, points.get(colo), map.pixels)
      .map(way => s('path', { class: `flow flow-${kind}`, d: arc(way, map.high), 'stroke-width': wide.toFixed(1) },
        s('title', null, `${percent(flow.client_share)} of clients: ${flow.before ? flow.before.words + ' before, ' : ''}${flow.now.words} now`))))
    if (away && before) drawn.push(...line(flow.before, 'before'))
    drawn.push(...line(flow.now, away ? 'moved' : 'now'))
    drawn.push(s('circle', { class: away ? 'source source-moved' : 'source', cx: from.x, cy: from.y, r: Math.max(1.2, wide * 0.6).toFixed(1) }))
  }
  return s('g', null, drawn)
}

function colosOn(colos, points, map) {
  const size = map.pixels < 500 ? 11 : 13
  const list = colos.map(c => ({ ...points.get(c.name), size, text: c.verdict === 'up' ? c.name : `${c.name} ${spoken(c.verdict)}`, colo: c }))
  list.sort((a, b) => Number(a.colo.verdict === 'up') - Number(b.colo.verdict === 'up'))
  const at = place(list, map.pixels, map.high)
  return s('g', null, list.map(({ x, y, text, colo }, i) => s('g', { 'data-key': `colo-${colo.name}`, class: `colo colo-${colo.verdict}` },
    s('title', null, `${colo.name}: ${spoken(colo.verdict)}`), shape(colo.verdict, x, y),
    at[i] && s('text', { x: at[i].x, y: at[i].y, 'text-anchor': at[i].anchor, 'font-size': size }, text))))
}

// shape is a mark that tells verdicts apart without colour.
export function shape(verdict, x, y, r = 6) {
  const at = (dx, dy) => `${(x + dx * r).toFixed(1)} ${(y + dy * r).toFixed(1)}`
  switch (verdict) {
    case 'down':
      return s('path', { class: 'shape', d: `M${at(-1, -1)}L${at(1, 1)}M${at(-1, 1)}L${at(1, -1)}` })
    case 'at-risk':
      return s('path', { class: 'shape', d: `M${at(0, -1.2)}L${at(1.15, 0.9)}L${at(-1.15, 0.9)}z` })
    case 'drained':
      return s('path', { class: 'shape', d: `M${at(0, -1.2)}L${at(1.2, 0)}L${at(0, 1.2)}L${at(-1.2, 0)}z` })
    default:
      return s('circle', { class: 'shape', cx: x.toFixed(1), cy: y.toFixed(1), r })
  }
}

function legend(world) {
  const mark = verdict => h('li', null, s('svg', { width: 18, height: 16, viewBox: '0 0 18 16', 'aria-hidden': 'true' },
    s('g', { class: `colo colo-${verdict}` }, shape(verdict, 9, 8, 5))), spoken(verdict))
  const line = (kind, words) => h('li', null, s('svg', { width: 28, height: 16, viewBox: '0 0 28 16', 'aria-hidden': 'true' },
    s('path', { class: kind, d: 'M1 8L27 8', 'stroke-width': 3 })), words)
  const before = world.flows?.before
  return h('ul', { class: 'legend', 'aria-label': 'Legend of the map' }, ['up', 'at-risk', 'down', 'drained', 'unknown'].map(mark),
    line('flow flow-now', 'clients'), before && line('flow flow-moved', 'clients moved'), before && line('flow flow-before', 'where they went before'),
    line('upstream upstream-up', 'shared upstream'), line('upstream upstream-failing', 'failing'))
}
