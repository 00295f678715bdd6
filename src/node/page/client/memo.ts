// SPDX-License-Identifier: Apache-2.0

import { Component, type ComponentType, createElement } from 'preact';

/** The same component, drawn anew only where one of its properties is another value. preact/compat has more, and is larger. */
export function memo<Props extends object>(Inner: ComponentType<Props>): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const names = Object.keys(next) as (keyof typeof next)[];
      return names.some((name) => next[name] !== this.props[name]);
    }

    override render() {
      return createElement(Inner, this.props);
    }
  };
}
