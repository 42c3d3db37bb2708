// Flows in words and as a table: where clients go now, and went before.

import { h, patch, table, $ } from './dom.js'
import { percent, clock } from './words.js'

export function drawFlows(world) {
  const said = world.flows
  if (!said?.flows) return patch($('flows'))
  const { flows, before } = said
  const name = flows.name || 'a name with addresses everywhere'
  const compared = before && (before.incident ? `before the incident (until ${clock(before.at)})` : `before the last change (until ${clock(before.at)})`)
  const colos = flows.colos.filter(c => c.now_client_share || c.before_client_share)
  patch($('flows'),
    h('p', null, before
      ? `For ${name}, ${percent(flows.moved_client_share)} of clients are sent elsewhere than ${compared}.`
      : `Where clients are sent for ${name}. Nothing has changed since this node began.`),
    h('details', null, h('summary', null, 'Clients by colo and by region'),
      table('Clients by colo', ['colo', { words: 'now', class: 'number' }, { words: 'before', class: 'number' }],
        colos.map(c => ({ key: `c-${c.name}`, cells: [c.name, number(percent(c.now_client_share)), number(before ? percent(c.before_client_share) : '')] }))),
      table('Clients by region: the order of colos for them', ['region', { words: 'clients', class: 'number' }, 'now', 'before'],
        flows.flows.slice(0, 100).map((f, i) => ({ key: `f-${i}`, class: moved(f) ? 'moved' : null,
          cells: [f.region, number(percent(f.client_share)), f.now.words, f.before?.words ?? ''] })))))
}

// moved says whether clients are sent elsewhere than before: not to the same colo, which is down.
export const moved = flow => Boolean(flow.before) && where(flow.before) !== where(flow.now)

const where = end => end.colos.join('+') || end.words

const number = of => ({ class: 'number', of })
