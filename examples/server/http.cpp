// SPDX-License-Identifier: MIT
// HTTP: Boost.Beast parses, Boost.Asio reads and writes. All runs on the thread of the io_context.
#include "http.h"

#include "addresses.h"
#include "log.h"

#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Parser = http::request_parser<http::string_body>;

std::string copy_of(beast::string_view text) { return {text.data(), text.size()}; }

std::string in_small_letters(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

HttpRequest request_of(const Parser &parser, const tcp::endpoint &peer) {
    const auto &message = parser.get();
    const std::string target = copy_of(message.target());
    HttpRequest request{copy_of(message.method_string()),
                        target.substr(0, target.find('?')),
                        message.body(),
                        name_of(peer),
                        network_of(peer.address()),
                        {}};
    for (const auto &field : message)
        request.headers.emplace(in_small_letters(copy_of(field.name_string())),
                                copy_of(field.value()));
    return request;
}

std::string head_of(const HttpResponse &response, bool more) {
    const auto status = static_cast<http::status>(response.status);
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " +
                       copy_of(http::obsolete_reason(status)) +
                       "\r\nContent-Type: " + response.type +
                       "\r\nContent-Length: " + std::to_string(response.body.size()) +
                       "\r\nConnection: " + (more ? "keep-alive" : "close") + "\r\n";
    for (const auto &[name, value] : response.headers) head += name + ": " + value + "\r\n";
    return head + "\r\n";
}

HttpResponse refusal_of(const error_code &failed) {
    if (failed == http::error::header_limit) return {431, "the head of the request is too long\n"};
    if (failed == http::error::body_limit) return {413, "the body of the request is too long\n"};
    return {400, "that is no HTTP\n"};
}

} // namespace

std::string HttpRequest::header(std::string_view name) const {
    const auto found = headers.find(std::string(name));
    return found == headers.end() ? "" : found->second;
}

class HttpServer::Connection : public HttpAnswer, public std::enable_shared_from_this<Connection> {
  public:
    Connection(tcp::socket socket, const tcp::endpoint &peer, HttpServer &server)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), peer_(peer), server_(server) {
    }

    void read() {
        parser_.emplace();
        parser_->header_limit(static_cast<uint32_t>(server_.limits_.head));
        parser_->body_limit(server_.limits_.body);
        parser_->eager(true);
        waits_ = true;
        within(server_.limits_.time, [](Connection &connection) { connection.end(); });
        parse();
    }

    void send(HttpResponse response) override {
        if (ended_ || std::exchange(answered_, true)) return;
        const bool more = server_.limits_.keep_alive && parser_->is_done() && parser_->keep_alive();
        out_ = head_of(response, more) + response.body;
        write([more](Connection &connection) { connection.sent(more); });
    }

    void stream(HttpHeaders headers, Next next) override {
        if (ended_ || std::exchange(answered_, true)) return;
        next_ = std::move(next);
        out_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n";
        for (const auto &[name, value] : headers) out_ += name + ": " + value + "\r\n";
        out_ += "\r\n";
        write([](Connection &connection) { connection.stir(); });
        // Nothing more comes from the client, but its end.
        socket_.async_wait(tcp::socket::wait_read,
                           [self = shared_from_this()](error_code) { self->end(); });
    }

    void stir() {
        if (!next_ || writes_ || ended_) return;
        auto more = next_();
        if (!more) return end();
        out_ = std::move(*more);
        if (!out_.empty()) write([](Connection &connection) { connection.stir(); });
    }

    void end() {
        error_code ignored;
        timer_.cancel();
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
        if (!std::exchange(ended_, true)) server_.connections_.erase(shared_from_this());
    }

    bool is_stream() const { return static_cast<bool>(next_); }
    bool is_idle() const { return waits_; }

  private:
    // One at a time; a later one takes the place of an earlier one.
    template <class Action>
    void within(std::chrono::seconds time, Action too_late) {
        timer_.expires_after(time);
        timer_.async_wait(
            [self = shared_from_this(), too_late, number = ++timing_](error_code failed) {
                if (!failed && number == self->timing_ && !self->ended_) too_late(*self);
            });
    }

    void parse() {
        error_code failed;
        while (!failed && !in_.empty() && !parser_->is_done())
            in_.erase(0, parser_->put(asio::buffer(in_), failed));
        if (failed == http::error::need_more || (!failed && !parser_->is_done()))
            return read_some([](Connection &connection, size_t size) {
                connection.in_.append(connection.chunk_.data(), size);
                connection.parse();
            });
        waits_ = answered_ = false;
        failed ? send(refusal_of(failed)) : handle();
    }

    template <class Then>
    void read_some(Then then) {
        socket_.async_read_some(asio::buffer(chunk_),
                                [self = shared_from_this(), then](error_code failed, size_t size) {
                                    if (self->ended_) return;
                                    failed ? self->end() : then(*self, size);
                                });
    }

    void handle() try {
        within(server_.limits_.answer, [](Connection &connection) {
            connection.send({504, "there was no answer in time\n"});
        });
        server_.handler_(request_of(*parser_, peer_), shared_from_this());
    } catch (const std::exception &problem) {
        log_event(Level::Error, "server_error",
                  {{"from", name_of(peer_)}, {"problem", problem.what()}});
        send({500, "server error\n"});
    }

    // Who does not take it in time is gone.
    template <class Then>
    void write(Then then) {
        writes_ = true;
        within(server_.limits_.time, [](Connection &connection) { connection.end(); });
        asio::async_write(socket_, asio::buffer(out_),
                          [self = shared_from_this(), then](error_code failed, size_t) {
                              self->writes_ = false;
                              self->timing_++;
                              if (self->ended_) return;
                              failed ? self->end() : then(*self);
                          });
    }

    void sent(bool more) {
        if (more) return read();
        if (parser_->is_done()) return end();
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        within(std::chrono::seconds(2), [](Connection &connection) { connection.end(); });
        discard();
    }

    // What a client goes on sending after a refusal; a reset would take that from it.
    void discard() {
        constexpr size_t most = 1 << 20;
        read_some([](Connection &connection, size_t size) {
            connection.discarded_ += size;
            connection.discarded_ > most ? connection.end() : connection.discard();
        });
    }

    tcp::socket socket_;
    asio::steady_timer timer_;
    const tcp::endpoint peer_;
    HttpServer &server_;
    std::array<char, 4096> chunk_{};
    std::string in_, out_; // not parsed yet; being written
    std::optional<Parser> parser_;
    Next next_;            // of a stream
    uint64_t timing_ = 0;  // the number of the latest time limit
    size_t discarded_ = 0; // bytes
    bool waits_ = false, answered_ = false, writes_ = false, ended_ = false;
};

HttpServer::HttpServer(asio::io_context &io, const std::string &place, const std::string &option,
                       HttpLimits limits, Handler handler)
    : acceptor_(io), rest_(io), limits_(limits), handler_(std::move(handler)) {
    listen_on(acceptor_, parse_place(place, option), option);
}

HttpServer::~HttpServer() = default;

void HttpServer::start() { accept(); }

void HttpServer::accept() {
    acceptor_.async_accept([this](error_code failed, tcp::socket socket) {
        if (!acceptor_.is_open()) return;
        if (!failed) {
            take_in(std::move(socket));
            return accept();
        }
        rest_.expires_after(std::chrono::milliseconds(100)); // e.g. no descriptors
        rest_.async_wait([this](error_code stopped) {
            if (!stopped) accept();
        });
    });
}

void HttpServer::take_in(tcp::socket socket) {
    error_code failed;
    const tcp::endpoint peer = socket.remote_endpoint(failed);
    if (failed || (connections_.size() >= limits_.connections && !make_place())) return;
    socket.set_option(tcp::no_delay(true), failed);
    const auto connection = std::make_shared<Connection>(std::move(socket), peer, *this);
    connections_.insert(connection);
    connection->read();
}

// Who asks nothing shuts out nobody.
bool HttpServer::make_place() {
    const auto idle = std::ranges::find_if(
        connections_, [](const auto &connection) { return connection->is_idle(); });
    if (idle == connections_.end()) return false;
    std::shared_ptr<Connection>(*idle)->end();
    return true;
}

void HttpServer::stir() {
    for (const auto &connection : std::vector(connections_.begin(), connections_.end()))
        connection->stir();
}

size_t HttpServer::streams() const {
    return static_cast<size_t>(std::ranges::count_if(
        connections_, [](const auto &connection) { return connection->is_stream(); }));
}

void HttpServer::close() {
    error_code ignored;
    acceptor_.close(ignored);
    rest_.cancel();
    while (!connections_.empty()) std::shared_ptr<Connection>(*connections_.begin())->end();
}

} // namespace server
