<?php
/**
 * A page of an application (HumHub, Moodle, your own) that leads its users into a Jitsi room.
 *
 * The application has signed the person in; Roomkey decides whether they may enter, and as what.
 * The key stays on the server: it is never sent to a browser.
 *
 *   ROOMKEY_URL=https://auth.example.com ROOMKEY_API_KEY=rk_… php -S localhost:8000 meeting.php
 *   http://localhost:8000/?room=stand-up
 */
declare(strict_types=1);

/** The username, as Roomkey knows it. HumHub: Yii::$app->user->identity->username */
function signedInUser(): ?string
{
    // An application asks its own session here, never the request. This example has no sign-in.
    return getenv('EXAMPLE_USER') ?: null;
}

/** @return array{status: int, body: array<string, mixed>} */
function askRoomkey(string $issuer, array $wanted): array
{
    $url = rtrim((string) getenv('ROOMKEY_URL'), '/')
        . '/api/v1/issuers/' . rawurlencode($issuer) . '/tokens';
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => [
            'Authorization: Bearer ' . getenv('ROOMKEY_API_KEY'),
            'Content-Type: application/json',
        ],
        'content' => json_encode($wanted, JSON_THROW_ON_ERROR),
        'ignore_errors' => true, // A refusal has a body, too.
        'follow_location' => 0,
        'timeout' => 5,
    ]]);
    $answer = @file_get_contents($url, false, $context);
    if ($answer === false) {
        return ['status' => 503, 'body' => ['error' => ['code' => 'roomkey_unreachable']]];
    }
    preg_match('{^HTTP/\S+ (\d{3})}', $http_response_header[0] ?? '', $line);
    $body = json_decode($answer, true);
    return ['status' => (int) ($line[1] ?? 500), 'body' => is_array($body) ? $body : []];
}

$user = signedInUser();
if ($user === null) {
    http_response_code(401);
    exit('Sign in first.');
}

$room = $_GET['room'] ?? '';
if (!is_string($room) || $room === '') {
    http_response_code(400);
    exit('Which room?');
}

$answer = askRoomkey('main', [
    'user' => $user,
    'room' => $room,
    'ip' => $_SERVER['REMOTE_ADDR'], // Behind a proxy: the address that the application believes.
]);

header('Cache-Control: no-store'); // The address holds the token.
header('Referrer-Policy: no-referrer');
if ($answer['status'] === 201) {
    header('Location: ' . $answer['body']['url'], true, 303);
    exit;
}

$error = $answer['body']['error'] ?? [];
error_log('Roomkey: ' . ($error['code'] ?? 'no answer') . ' ' . ($error['reference'] ?? ''));
http_response_code($answer['status'] === 403 ? 403 : 502);
header('Content-Type: text/html; charset=utf-8');
?>
<!doctype html>
<title>No way in</title>
<p><?= $answer['status'] === 403
    ? 'You may not enter the room ' . htmlspecialchars($room) . '.'
    : 'The meeting cannot be opened right now.' ?></p>
<p>Reference: <?= htmlspecialchars((string) ($error['reference'] ?? 'none')) ?></p>
