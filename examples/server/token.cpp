// SPDX-License-Identifier: MIT
// Secrets: made, read from a file, compared.
#include "token.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace server {

namespace {

constexpr size_t least = 16, most = 1024; // characters of a token

[[noreturn]] void fail(const std::string &file, const std::string &problem) {
    throw std::runtime_error("--web-token " + file + ": " + problem);
}

class Descriptor {
  public:
    explicit Descriptor(int number) : number(number) {}
    ~Descriptor() {
        if (number >= 0) close(number);
    }
    Descriptor(const Descriptor &) = delete;
    const int number;
};

std::string made(const std::string &file) {
    const Descriptor out(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    const std::string token = new_secret(), line = token + "\n";
    if (out.number < 0 ||
        write(out.number, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        fail(file, std::string("it cannot be made: ") + strerror(errno));
    return token;
}

void check_owner(const std::string &file, int descriptor) {
    struct stat about {};
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) fail(file, "it is no file");
    if (about.st_mode & (S_IRWXG | S_IRWXO))
        fail(file, "others may read or write it. Say: chmod 600 " + file);
    if (about.st_uid != geteuid() && about.st_uid != 0) fail(file, "it belongs to another user");
}

} // namespace

std::string new_secret() {
    std::array<unsigned char, 32> random{};
    if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        throw std::runtime_error("the system gives no random numbers");
    constexpr char digits[] = "0123456789abcdef";
    std::string secret;
    for (const unsigned char byte : random) {
        secret += digits[byte >> 4];
        secret += digits[byte & 15];
    }
    return secret;
}

std::string token_in(const std::string &file) {
    const Descriptor in(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (in.number < 0 && errno == ENOENT) return made(file);
    if (in.number < 0) fail(file, strerror(errno));
    check_owner(file, in.number);
    std::string text(most + 2, '\0');
    const ssize_t size = read(in.number, text.data(), text.size());
    text.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
    text = text.substr(0, text.find_first_of("\r\n"));
    const bool printable =
        std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
    if (text.size() < least || text.size() > most || !printable)
        fail(file, "its first line must be a token: " + std::to_string(least) + " to " +
                       std::to_string(most) + " letters, digits or signs, no spaces");
    return text;
}

bool same_secret(std::string_view one, std::string_view other) {
    if (one.size() != other.size()) return false;
    volatile unsigned char differs = 0;
    for (size_t i = 0; i < one.size(); i++)
        differs =
            differs | (static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]));
    return differs == 0;
}

} // namespace server
