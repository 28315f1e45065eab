// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>

#ifdef _WIN32
#include <io.h>
#include <windows.h>
#else
#include <termios.h>
#include <unistd.h>
#endif

namespace frameglass::cli {

namespace {

bool isTerminalFile(std::FILE *file)
{
#ifdef _WIN32
    return _isatty(_fileno(file)) != 0;
#else
    return isatty(fileno(file)) == 1;
#endif
}

/// What is typed on standard input is not shown while this lives.
class HiddenInput
{
public:
    HiddenInput()
    {
#ifdef _WIN32
        m_input = GetStdHandle(STD_INPUT_HANDLE);
        GetConsoleMode(m_input, &m_before);
        SetConsoleMode(m_input, m_before & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
#else
        tcgetattr(STDIN_FILENO, &m_before);
        termios hidden = m_before;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
#endif
    }
    ~HiddenInput()
    {
#ifdef _WIN32
        SetConsoleMode(m_input, m_before);
#else
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
#endif
    }
    HiddenInput(const HiddenInput &) = delete;
    HiddenInput &operator=(const HiddenInput &) = delete;

private:
#ifdef _WIN32
    HANDLE m_input = nullptr;
    DWORD m_before = 0;
#else
    termios m_before{};
#endif
};

const char *codeOf(Colour colour)
{
    switch (colour) {
    case Colour::None: return "";
    case Colour::Good: return "\x1b[32m";
    case Colour::Info: return "\x1b[34m";
    case Colour::Warn: return "\x1b[33m";
    case Colour::Bad: return "\x1b[31m";
    case Colour::Quiet: return "\x1b[2m";
    case Colour::Sent: return "\x1b[32m";
    case Colour::Received: return "\x1b[35m";
    case Colour::Strong: return "\x1b[1m";
    }
    return "";
}

} // namespace

Terminal &Terminal::out()
{
    static Terminal terminal(stdout);
    return terminal;
}

Terminal &Terminal::err()
{
    static Terminal terminal(stderr);
    return terminal;
}

Terminal::Terminal(std::FILE *file) : m_file(file), m_isTerminal(isTerminalFile(file)) {}

std::optional<std::string> Terminal::askSecret(const QString &prompt)
{
    if (!isTerminalFile(stdin))
        return {};
    err().write(prompt);
    std::string line;
    {
        const HiddenInput hidden;
        if (!std::getline(std::cin, line))
            return {};
    }
    err().line();
    return line;
}

QString Terminal::coloured(const QString &text, Colour colour) const
{
    const char *noColour = std::getenv("NO_COLOR");
    if (!m_isTerminal || colour == Colour::None || (noColour && *noColour))
        return text;
    return QString::fromLatin1(codeOf(colour)) + text + QStringLiteral("\x1b[0m");
}

void Terminal::write(const QString &text)
{
    const QByteArray octets = text.toUtf8();
    std::fwrite(octets.constData(), 1, static_cast<std::size_t>(octets.size()), m_file);
    std::fflush(m_file);
}

void Terminal::line(const QString &text)
{
    write(text + QLatin1Char('\n'));
}

} // namespace frameglass::cli
