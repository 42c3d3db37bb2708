// The page: what is known of the world, and what is drawn when any of it changes.

import { $ } from './dom.js'
import { call, takeToken } from './api.js'
import { listen } from './feed.js'
import { drawTop } from './top.js'
import { drawMap } from './map.js'
import { drawFlows } from './flows.js'
import { drawIncidents } from './incidents.js'
import { drawProblems, drawUpstreams, drawNodes, drawOverrides } from './panels.js'
import { drawUplinks } from './uplinks.js'
import { drawZones, findZones } from './zones.js'
import { drawRates } from './rates.js'
import { openDrain, openUndrain, prepareDrain } from './drain.js'
import { openToken, prepareToken, deny, drawRole, rank } from './token.js'
import { span, clock } from './words.js'

const world = { hello: null, scene: null, rates: null, incidents: null, flows: null, live: false, heard: 0 }

const panel = id => $(id).lastElementChild

// draw draws what has changed, soon, and once for all that comes until then. What has the focus keeps it.
const changed = new Set()
function draw(what) {
  const waiting = changed.size > 0
  changed.add(what)
  if (waiting) return
  requestAnimationFrame(() => {
    const now = new Set(changed)
    changed.clear()
    const focused = document.activeElement
    drawLive()
    drawRole(world.hello)
    if (now.has('rates')) drawRates(world, panel('rates'))
    if (world.scene) drawScene(now)
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true })
  })
}

// drawScene draws what stands on the status, on incidents and on flows.
function drawScene(now) {
  const { status } = world.scene
  const steered = status.colos.length > 0
  if (now.has('status')) {
    frame(status, steered)
    drawProblems(world, panel('problems'))
    drawNodes(world, panel('nodes'))
    if (steered) {
      drawOverrides(world, panel('overrides'), override => allowed(() => openUndrain(override)))
      drawUpstreams(world, panel('upstreams'))
    }
  }
  if (now.has('status') || now.has('incident') || now.has('live')) {
    drawTop(world, silent())
    drawIncidents(world, panel('incidents'), () => draw('incident'))
  }
  if (now.has('status') || now.has('zones')) drawZones(world, panel('zones'))
  if (steered && (now.has('status') || now.has('uplinks'))) drawUplinks(world, panel('uplinks'), () => draw('uplinks'))
  if (steered && (now.has('status') || now.has('flows'))) {
    drawMap(world)
    drawFlows(world)
  }
}

// frame says of what node all is, and hides what it does not have.
function frame(status, steered) {
  $('node').textContent = status.node
  $('about').textContent = `${status.node}${status.colo ? ` in ${status.colo}` : ''}, Leeward ${status.version}, running since ${clock(status.started)}. Verdicts ${status.verdict_digest || 'none'}. As of ${clock(world.scene.at)}.`
  for (const id of ['world', 'overrides', 'upstreams', 'uplinks', 'sources', 'drain-open']) $(id).hidden = !steered
  $('nodes').hidden = status.members.length < 2 && !steered
}

// drawLive says whether what is shown is of now. The words change only when that does; the age beside them is not read out.
function drawLive() {
  document.body.classList.toggle('lost', !world.live)
  const words = world.live ? 'live' : world.refused || (world.heard ? 'not live' : 'not live yet')
  const age = !world.live && world.heard ? `: what is shown is ${span(Date.now() - world.heard)} old` : ''
  if ($('live').dataset.words !== words) $('live').replaceChildren(words, document.createElement('span'))
  $('live').dataset.words = words
  $('live').lastElementChild?.setAttribute('aria-hidden', 'true')
  if ($('live').lastElementChild) $('live').lastElementChild.textContent = age
}

// silent says since when nothing was heard, if that is too long for a new beginning of the stream.
const silent = () => (!world.live && Date.now() - world.heard > 3000 ? world.heard : 0)

// allowed does what wants the role drain, or asks for a token that has it.
function allowed(act) {
  if (world.hello && rank[world.hello.role] >= rank.drain) return act()
  openToken('To drain, or to end a drain, a token with the role drain or admin is needed.')
}

// askFlows asks where clients go, at most every two seconds.
let flowsAsked = 0
let flowsTimer = 0
function askFlows() {
  if (flowsTimer) return
  flowsTimer = setTimeout(async () => {
    flowsTimer = 0
    flowsAsked = Date.now()
    if (!world.scene?.status.colos.length) return
    const name = $('flows-name').value.trim()
    const said = await call('GET', `v1/flows${name ? `?name=${encodeURIComponent(name)}&type=${$('flows-type').value}` : ''}`)
    $('flows-error').textContent = said.ok || !said.status ? '' : said.error
    if (said.ok) world.flows = said.data
    draw('flows')
  }, Math.max(0, flowsAsked + 2000 - Date.now()))
}

function hear({ kind, data }) {
  world.heard = Date.now()
  switch (kind) {
    case 'hello':
      world.hello = data
      greeted()
      break
    case 'status':
      world.scene = data
      askFlows()
      break
    case 'incident':
      world.incidents = data
      askFlows()
      break
    case 'rates':
      world.rates = data
      break
  }
  draw(kind)
}

// greeted closes the question for a token, if the node has taken one.
function greeted() {
  const asked = tried && $('token').open
  tried = false
  if (!asked) return
  if (rank[world.hello.role] >= rank.drain) $('token').close()
  else $('token-error').textContent = 'This token may only look.'
}

// turned takes in how the stream stands. A token that was tried and refused leaves the one before in place.
let tried = false
let told = ''
function turned(state, why) {
  world.live = state === 'live'
  world.refused = state === 'refused' ? 'not allowed in' : ''
  if (state === 'refused') {
    world.hello = null
    if (tried) {
      tried = false
      deny(why)
      again()
    } else if (told !== why) openToken(why)
    told = why
  }
  draw('live')
}

takeToken()
const again = listen(hear, turned)
prepareToken(() => {
  tried = true
  again()
})
prepareDrain(openToken)
$('drain-open').onclick = () => allowed(() => openDrain(world))
$('token-open').onclick = () => openToken()
for (const button of document.querySelectorAll('dialog .close')) button.onclick = () => button.closest('dialog').close()
for (const id of ['show-before', 'show-upstreams']) $(id).onchange = () => draw('flows')
$('uplinks-bad').onchange = $('uplinks-find').oninput = () => draw('uplinks')
$('zones-find').oninput = () => findZones(() => draw('zones'))
$('flows-of').onsubmit = event => {
  event.preventDefault()
  flowsAsked = 0
  clearTimeout(flowsTimer)
  flowsTimer = 0
  askFlows()
}
$('overrides-h').tabIndex = -1
new ResizeObserver(() => draw('flows')).observe($('map'))
setInterval(() => world.live || draw('live'), 1000)
