// Derived ids: well-formed, always the same, different for whatever differs.

import fc from 'fast-check';
import { derivedCommandId, skuKey } from './derived-id.ts';

test('an id that was once derived is derived so for ever', () => {
  // Changing it would book every document of every earlier import a second time.
  expect(derivedCommandId('retail', 'dispatch', '536365', 0)).toBe('c14872fe-9a18-8143-8732-961299970dc2');
});

test('ids are UUIDs of version 8 and differ in whatever differs', () => {
  const classes = fc.constantFrom('dispatch', 'return', 'write-off', 'receipt', 'item', 'opening-stock');
  const parts = fc.tuple(fc.string(), classes, fc.string(), fc.nat(99));
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const id = derivedCommandId(...(one as Parameters<typeof derivedCommandId>));
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(derivedCommandId(...(other as Parameters<typeof derivedCommandId>)) === id).toBe(same);
    }),
  );
});

test('SKUs are the same without regard to the case of ASCII letters only, as in the index', () => {
  expect(skuKey('85123a')).toBe('85123A');
  expect(skuKey('straße-é')).toBe('STRAßE-é');
});
