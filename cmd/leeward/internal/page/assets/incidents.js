// Incidents: a list, each of them in full as a timeline. What happened in one that has ended is asked for when it is opened.

import { h, patch } from './dom.js'
import { call } from './api.js'
import { clock, span, percent, few, many } from './words.js'

const asked = new Map() // id -> {updated, events}

export function drawIncidents(world, into, again) {
  const list = world.incidents?.incidents ?? []
  if (!list.length) return patch(into, h('p', { class: 'quiet' }, 'None that anybody remembers.'))
  patch(into, h('ol', { class: 'incidents' }, list.map(i => one(i, again))))
}

function one(i, again) {
  const open = i.state === 'open'
  const known = asked.get(i.id)
  const events = i.events.length ? i.events : known?.events ?? []
  const toggle = async event => {
    if (!event.target.open || i.events.length || known?.updated === i.updated) return
    const said = await call('GET', `v1/incidents/${encodeURIComponent(i.id)}`)
    if (said.ok) asked.set(i.id, { updated: i.updated, events: said.data.events })
    again()
  }
  return h('li', { 'data-key': i.id, class: open ? 'open' : 'ended' }, h('details', { ontoggle: toggle },
    h('summary', null, h('span', { class: `chip chip-${open ? 'down' : 'quiet'}` }, open ? '✕ open' : '✓ ended'), ' ', h('b', null, i.title), ' ',
      h('span', { class: 'quiet' }, `${clock(i.start)}${i.end ? `, ${span(new Date(i.end) - new Date(i.start))} long` : ''}`)),
    h('dl', { class: 'facts' }, facts(i).map(([what, value]) => value && [h('dt', null, what), h('dd', null, value)])),
    h('ol', { class: 'timeline', 'aria-label': 'Timeline' }, events.map(event))))
}

function facts(i) {
  return [
    ['cause', i.cause.words || `${i.cause.kind} ${i.cause.name}`],
    ['colos', few(i.colos ?? [], 12)],
    ['upstreams', few(i.upstreams ?? [], 12)],
    ['names', i.names_total ? `${few(i.names, 6)} (${many(i.names_total, 'steered name')} in all)` : ''],
    ['clients moved', i.client_share === null || i.client_share === undefined ? '' : percent(i.client_share)],
    ['first failed probe', i.first_failure ? clock(i.first_failure) : ''],
    ['detected', i.detected_after && `${i.detected_after} after the first failed probe`],
    ['agreed', i.agreed_after && `by all nodes after ${i.agreed_after}`],
    ['moved', i.moved_after && `old answers run out after ${i.moved_after}`],
    ['end', i.end ? clock(i.end) : ''],
  ]
}

const event = e => h('li', null, h('time', { datetime: e.at }, clock(e.at)), ' ', h('b', null, e.on),
  e.to ? ` ${e.from ? `${e.from} → ` : ''}${e.to}` : '', e.reason ? `: ${e.reason}` : '', e.by ? ` (by ${e.by})` : '',
  e.node ? h('span', { class: 'quiet' }, ` said by ${e.node}`) : '')
