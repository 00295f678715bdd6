// SPDX-License-Identifier: Apache-2.0

/** The network as a picture: PNEs on the left, the gateway, the server, and what is secured between them. */
import { useEffect, useRef } from 'preact/hooks';
import type { EntityView, InterfaceView } from '../state.ts';
import type { View } from './view.ts';

const WIDTH = 720;
const ROW = 46;
const LEFT = 110;
const MIDDLE = 350;
const RIGHT = 560;
/** Where external entities stand. */
const FAR = 680;
/** PNEs in one column: more stand beside it. */
const IN_COLUMN = 12;
const COLUMN = 50;
const MESSAGE_MS = 600;

interface Place {
  readonly x: number;
  readonly y: number;
}

export function Picture({ view }: { readonly view: View }) {
  const all = [...view.entities.values()];
  const pnes = all.filter(({ kind }) => kind === 'pne');
  const height = ROW * Math.min(IN_COLUMN, Math.max(pnes.length, 3)) + 60;
  const gateways = all.filter(({ kind }) => kind === 'gateway');
  const places = gateways.map((_, index) => ({
    x: MIDDLE,
    y: ((index + 1) * height) / (gateways.length + 1),
  }));
  const server = { x: RIGHT, y: height / 2 };
  const entities = all.filter(({ kind }) => kind === 'entity');
  const farOf = (index: number) => ({ x: FAR, y: ((index + 1) * height) / (entities.length + 1) });
  const ends = [...view.interfaces.values()];
  const isSecured = (id: string) => ends.some(({ name, from }) => name === 'CPNS-2' && from === id);
  return (
    <svg class="picture" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={inWords(view)}>
      {gateways.map(({ id }, index) => (
        <Line key={id} from={places[index]!} to={server} name="CPNS-2" isSecured={isSecured(id)} />
      ))}
      {pnes.map((pne, index) => (
        <Pne
          key={pne.id}
          pne={pne}
          at={placeOf(index, pnes.length, height)}
          gateway={places.length === 1 ? places[0] : undefined}
          server={server}
          interfaces={ends.filter(({ from }) => from === pne.id)}
          arrivals={view.arrivals.get(pne.id) ?? 0}
        />
      ))}
      {gateways.map(({ id }, index) => (
        <Node key={id} at={places[index]!} kind="gateway" label={gateways.length === 1 ? 'PN GW' : id} />
      ))}
      {entities.map(({ id }, index) => (
        <Line key={id} from={farOf(index)} to={server} name="CPNS-5" isSecured={true} />
      ))}
      {entities.map(({ id }, index) => (
        <Node key={id} at={farOf(index)} kind="entity" label={id} />
      ))}
      <Node at={server} kind="server" label="CPNS Server" />
    </svg>
  );
}

function placeOf(index: number, count: number, height: number): Place {
  const rows = Math.min(count, IN_COLUMN);
  const column = Math.floor(index / IN_COLUMN);
  return { x: LEFT - 60 + column * COLUMN, y: ((index % IN_COLUMN) + 0.5) * ((height - 20) / rows) + 10 };
}

interface PneProps {
  readonly pne: EntityView;
  readonly at: Place;
  /** Where it is behind one, if that is known. */
  readonly gateway: Place | undefined;
  readonly server: Place;
  readonly interfaces: readonly InterfaceView[];
  readonly arrivals: number;
}

function Pne({ pne, at, gateway, server, interfaces, arrivals }: PneProps) {
  const hop = interfaces.find(({ name }) => name === 'CPNS-1');
  const isSecured = pne.status === 'secured';
  const endToEnd = interfaces.find(({ name }) => name === 'CPNS-3');
  return (
    <g class={`pne ${pne.status}`}>
      {gateway !== undefined && (
        <Line from={at} to={gateway} name="CPNS-1" isSecured={hop !== undefined && isSecured} />
      )}
      {endToEnd !== undefined && isSecured && (
        <path
          class="end-to-end"
          d={`M${at.x} ${at.y} Q${MIDDLE} ${at.y < server.y ? 8 : server.y * 2 - 8} ${server.x} ${server.y}`}
        />
      )}
      <Message way={gateway === undefined ? [at, server] : [at, gateway, server]} arrivals={arrivals} />
      <Node at={at} kind="pne" label={pne.id} />
    </g>
  );
}

/** Dots under way at once: each is drawn in every frame. */
const MAX_UNDER_WAY = 12;
let underWay = 0;

/** A dot that goes its way when a reading has arrived; one at a time, and few of all PNEs, however many come. */
function Message({ way, arrivals }: { readonly way: readonly Place[]; readonly arrivals: number }) {
  const dot = useRef<SVGCircleElement>(null);
  const isUnderWay = useRef(false);
  useEffect(() => {
    if (arrivals === 0 || isUnderWay.current || underWay >= MAX_UNDER_WAY) return;
    isUnderWay.current = true;
    underWay += 1;
    const keys = way.map(({ x, y }) => ({ transform: `translate(${x}px, ${y}px)`, opacity: 1 }));
    dot.current!.animate(keys, MESSAGE_MS).finished.finally(() => {
      isUnderWay.current = false;
      underWay -= 1;
    });
  }, [arrivals]);
  return <circle ref={dot} class="message" r="5" />;
}

function Line({ from, to, name, isSecured }: { from: Place; to: Place; name: string; isSecured: boolean }) {
  return (
    <line
      class={isSecured ? 'secured' : 'open'}
      data-interface={name}
      x1={from.x}
      y1={from.y}
      x2={to.x}
      y2={to.y}
    />
  );
}

function Node({ at, kind, label }: { at: Place; kind: string; label: string }) {
  return (
    <g class={`node ${kind}`} transform={`translate(${at.x} ${at.y})`}>
      <circle r={isSmall(kind) ? 11 : 20} />
      <text y={isSmall(kind) ? 25 : 38}>{label}</text>
    </g>
  );
}

function isSmall(kind: string): boolean {
  return kind === 'pne' || kind === 'entity';
}

/** For whoever hears the page. */
function inWords({ entities, interfaces }: View): string {
  const pnes = [...entities.values()].filter(({ kind }) => kind === 'pne');
  const secured = pnes.filter(({ status }) => status === 'secured').length;
  const gateways = [...entities.values()].filter(({ kind }) => kind === 'gateway').length;
  return (
    `${pnes.length} PNE${pnes.length === 1 ? '' : 's'}, ${secured} of them secured, ` +
    `behind ${gateways === 1 ? 'a PN GW' : `${gateways} PN GWs`} and a CPNS Server; ${interfaces.size} interfaces`
  );
}
