// SPDX-License-Identifier: MIT
// What is told of the server: by the admin shell as text for a terminal, by the page for operators
// as JSON. Both take it from here, so that they say the same.
#pragma once

#include "server.h"

#include <optional>

namespace server {

// As people read it, harmless on a terminal; and as a number, where it is one.
struct Figure {
    std::string text;
    std::optional<double> number = {};
};

struct Sheet {
    struct Column {
        std::string_view title;
        bool right = true; // numbers; else text
    };
    std::vector<Column> columns;
    std::vector<std::vector<Figure>> rows;
};

// The server and its VMs at one moment.
struct Moment {
    Server &server;
    fk::room::PoolInfo pool;
    std::vector<fk::room::RoomInfo> games;
    uint64_t resident; // bytes of the server's process
};
Moment look_at(Server &server);

// Of the whole server: a name, and what it is. "problem" and "budget" only where there is one.
std::vector<std::pair<const char *, Figure>> facts_of(const Moment &moment);
Figure budget_of(const Server &server); // a sentence, or ""

Sheet threads_of(const Moment &moment);
Sheet vms_of(const Moment &moment); // each by itself
Sheet rooms_of(const Moment &moment);
Sheet players_of(Server &server);
Sheet deaths_of(Server &server); // newest first

} // namespace server

template <>
struct fk::Convert<server::Figure> {
    // Text alone, or text and number.
    static fk_value to(const server::Figure &in, fk::Scratch &scratch);
};
template <>
struct fk::Convert<server::Sheet::Column> : fk::ByFields<server::Sheet::Column> {
    using Column = server::Sheet::Column;
    static constexpr std::tuple fields{fk::Field{"title", &Column::title},
                                       fk::Field{"right", &Column::right}};
};
template <>
struct fk::Convert<server::Sheet> : fk::ByFields<server::Sheet> {
    static constexpr std::tuple fields{fk::Field{"columns", &server::Sheet::columns},
                                       fk::Field{"rows", &server::Sheet::rows}};
};
