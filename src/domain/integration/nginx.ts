import type { GuideFacts } from './facts.ts';
import type { GuideFile } from './guide-file.ts';

/** Before Roomkey itself, where its address is https: Prosody and browsers need a certificate. */
export function nginxFiles({ publicUrl }: GuideFacts): GuideFile[] {
  if (publicUrl.protocol !== 'https:') return [];
  const { hostname } = publicUrl;
  const port = publicUrl.port || '443';
  const folder = `/etc/letsencrypt/live/${hostname}`;
  return [
    {
      name: 'nginx.conf',
      target: `/etc/nginx/conf.d/${hostname}.conf`,
      syntax: 'nginx',
      lines: [
        { text: 'server {' },
        { text: `    listen ${port} ssl;` },
        { text: `    server_name ${hostname};` },
        { text: `    ssl_certificate ${folder}/fullchain.pem;`, note: 'own_certificate' },
        { text: `    ssl_certificate_key ${folder}/privkey.pem;` },
        { text: '    large_client_header_buffers 4 64k;', note: 'large_headers' },
        { text: '    location / {' },
        { text: '        proxy_pass http://127.0.0.1:3000;', note: 'proxy_pass' },
        { text: '        proxy_set_header Host $host;' },
        {
          text: '        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
          note: 'real_address',
        },
        { text: '    }' },
        { text: '}' },
      ],
    },
  ];
}
