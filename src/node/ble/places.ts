// SPDX-License-Identifier: Apache-2.0

/**
 * Who has a place at a gateway. Whoever is near can advertise and connect, so that peers without a bond have
 * few, and take none from those with one. Bonds are bounded themselves.
 */
import { ImplementationLimits } from '../../limits.ts';
import type { PneConnection } from './pne-connection.ts';

interface Place {
  readonly pne: PneConnection;
  /** It has no bond and is not secured yet. */
  isStranger: boolean;
  /** It is not connected yet. */
  isSought: boolean;
}

export class Places {
  private readonly places = new Map<string, Place>();

  hasRoom(name: string, isStranger: boolean): boolean {
    const { gatewayMaxPnes, gatewayMaxSought, gatewayMaxSoughtStrangers, gatewayMaxStrangers } =
      ImplementationLimits;
    if (this.places.has(name) || this.sought.length >= gatewayMaxSought) return false;
    if (!isStranger) return true;
    const strangers = this.count((place) => place.isStranger);
    const sought = this.count((place) => place.isStranger && place.isSought);
    return (
      this.places.size < gatewayMaxPnes &&
      strangers < gatewayMaxStrangers &&
      sought < gatewayMaxSoughtStrangers
    );
  }

  take(name: string, isStranger: boolean, pne: PneConnection): void {
    this.places.set(name, { pne, isStranger, isSought: true });
  }

  reached(name: string): void {
    const place = this.places.get(name);
    if (place !== undefined) place.isSought = false;
  }

  secured(name: string): void {
    const place = this.places.get(name);
    if (place !== undefined) place.isStranger = false;
  }

  leave(name: string): void {
    this.places.delete(name);
  }

  find(name: string): PneConnection | undefined {
    return this.places.get(name)?.pne;
  }

  get all(): readonly PneConnection[] {
    return [...this.places.values()].map(({ pne }) => pne);
  }

  /** Those that are not connected yet. */
  get sought(): readonly PneConnection[] {
    return [...this.places.values()].filter(({ isSought }) => isSought).map(({ pne }) => pne);
  }

  private count(isCounted: (place: Place) => boolean): number {
    return [...this.places.values()].filter(isCounted).length;
  }
}
