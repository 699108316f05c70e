import { describe, expect, it } from 'vitest';
import { PICTURE_MAX_BYTES, readPicture } from '../../../src/domain/upstreams/picture.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('readPicture', () => {
  it.each([
    ['\u00ff\u00d8\u00ff\u00e0JFIF', 'image/jpeg'],
    ['\u0089PNG\r\n\u001a\nIHDR', 'image/png'],
    ['GIF87a;', 'image/gif'],
    ['GIF89a;', 'image/gif'],
    ['RIFF\u0001\u0002\u0003\u0004WEBPVP8 ', 'image/webp'],
  ])('knows %j', (text, type) => {
    expect(readPicture(bytes(text))).toEqual({ type, bytes: bytes(text) });
  });

  it.each([
    '',
    'RIFF\u0001\u0002\u0003\u0004WAVE',
    'RIFF',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    '<?xml version="1.0"?><svg/>',
    '<!doctype html><script>1</script>',
    ' \u0089PNG\r\n\u001a\n',
    '%PDF-1.7',
  ])('takes no %j', (text) => {
    expect(readPicture(bytes(text))).toBeUndefined();
  });

  it('takes a megabyte, and no more', () => {
    const large = (length: number) => Buffer.concat([bytes('GIF89a'), Buffer.alloc(length - 6)]);
    expect(readPicture(large(PICTURE_MAX_BYTES))?.type).toBe('image/gif');
    expect(readPicture(large(PICTURE_MAX_BYTES + 1))).toBeUndefined();
    expect(readPicture(undefined)).toBeUndefined();
  });
});
