// Uplinks with the votes behind each verdict, the worst first.

import { h, patch, table, $ } from './dom.js'
import { chip } from './panels.js'
import { since, many, spoken } from './words.js'

const most = 60
const rank = { down: 0, 'at-risk': 1, drained: 2, unknown: 3, up: 4 }
const opened = new Set() // uplinks whose votes are shown: those of the others are not made

export function drawUplinks(world, into, again) {
  const { status, at } = world.scene
  const all = [
    ...status.colos.flatMap(c => c.uplinks.map(u => ({ ...u, name: `${c.name}/${u.upstreams.join('+')}` }))),
    ...status.services.map(s => ({ ...s, name: `${s.check}: ${s.address} in ${s.colo}/${s.upstreams.join('+')}` })),
  ]
  const find = $('uplinks-find').value.trim().toLowerCase()
  const found = all.filter(u => (!$('uplinks-bad').checked || u.verdict !== 'up') && `${u.name} ${u.reason} ${u.verdict}`.toLowerCase().includes(find))
  found.sort((a, b) => rank[a.verdict] - rank[b.verdict])
  const shown = found.slice(0, most)
  patch(into, table('Uplinks, and services with checks of their own', ['uplink', 'verdict', 'why', 'since', 'votes'], shown.map(u => row(u, Date.parse(at), again))),
    h('p', { class: 'quiet' }, found.length > most ? `${most} of ${found.length} are shown, the worst first.` : `${found.length} of ${many(all.length, 'uplink')}.`))
}

function row(u, now, again) {
  return { key: u.name, cells: [u.name, [chip(u.verdict), flags(u)], { class: 'text', of: u.reason }, { class: 'time', of: since(u.since, now) }, votes(u, again)] }
}

function flags(u) {
  const list = []
  if (u.stale) list.push('stale')
  if (u.measured && u.measured !== u.verdict) list.push(`measured ${spoken(u.measured)}`)
  if (u.ramp) list.push(`${u.ramp.back} % of clients back`)
  return list.length ? h('span', { class: 'quiet' }, ` ${list.join(', ')}`) : null
}

function votes(u, again) {
  const up = u.votes.filter(v => v.up && v.fresh).length
  const fresh = u.votes.filter(v => v.fresh).length
  const shown = opened.has(u.name)
  const toggle = event => {
    if (event.target.open === opened.has(u.name)) return
    if (event.target.open) opened.add(u.name)
    else opened.delete(u.name)
    again()
  }
  return h('details', { ontoggle: toggle }, h('summary', null, `${up} of ${fresh} up`),
    shown && h('ul', { class: 'votes' }, u.votes.map(v => h('li', { class: v.fresh ? null : 'faint' },
      `${v.state === 'down' ? '✕' : v.state === 'lossy' ? '▲' : '●'} ${v.observer} says ${v.state}${v.detail ? `: ${v.detail}` : ''} (${v.address}, ${v.age} ago${v.fresh ? '' : ', stale'}${v.blind ? ', blind' : ''})`))))
}
